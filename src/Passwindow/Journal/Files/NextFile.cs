namespace Passwindow.Journal.Files;

/// <summary>
/// The write-ahead file after the one that is being filled, made on a thread of its own while commits go on. Where each commit is synced it is filled with
/// zeros: to sync what was written over them takes the file system no note of its own, and so two thirds of the time.
/// </summary>
internal sealed class NextFile(IDisk disk, string folder, CommitLoopSettings settings) : IDisposable
{
    /// <summary>How much is filled at a time, so that it drives nobody's data out of the processor's caches.</summary>
    private const int Part = 64 * 1024;

    /// <summary>How much is filled before it is synced, so that no commit's sync waits behind much.</summary>
    private const int MaxUnsynced = 16 * Part;

    /// <summary>How much is filled at most.</summary>
    private const int MaxFilled = 1024 * Part;

    /// <summary>How many such files must fit on the disk, so that zeros never take the last room.</summary>
    private const int SpareFiles = 16;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    private readonly ManualResetEventSlim _isWanted = new();
    private Task<WriteAheadFile>? _made;

    /// <summary>Whether it was begun and not taken. For everybody.</summary>
    public bool IsBegun => Volatile.Read(ref _made) is not null;

    /// <summary>Whether it is all made. For everybody.</summary>
    public bool IsMade => Volatile.Read(ref _made) is { IsCompletedSuccessfully: true };

    /// <summary>The number of the file that was made and is nobody's; null if none was.</summary>
    public long? Number => IsMade ? _made!.Result.Number : null;

    /// <summary>Begins to make it.</summary>
    public void Begin(long number)
    {
        _isWanted.Reset();
        Volatile.Write(ref _made, Task.Factory.StartNew(() => Make(number), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>The file of that number, as far as it is made, or a new one. Throws what the disk said if it could not be made.</summary>
    public WriteAheadFile Take(long number)
    {
        if (!IsBegun)
            return Create(number);
        _isWanted.Set();
        var made = _made!.GetAwaiter().GetResult();
        Volatile.Write(ref _made, null);
        return made;
    }

    /// <summary>Closes what was made and is nobody's.</summary>
    public void Dispose()
    {
        _isWanted.Set();
        if (_made is { } made && Task.WaitAny(made) == 0 && made.Exception is null)
            made.Result.Dispose();
        _isWanted.Dispose();
    }

    private WriteAheadFile Make(long number)
    {
        var file = Create(number);
        try
        {
            if (settings.Durability == Durability.Fsync)
                Fill(file, Math.Min(settings.MaxFileBytes, MaxFilled));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Fill(WriteAheadFile file, long end)
    {
        if (disk.FreeBytes(folder) / SpareFiles < end)
            return;
        byte[] zeros = new byte[Math.Min(Part, end)];
        long synced = file.Length;
        for (long at = synced; at < end && !_isWanted.Wait(Pause); at += zeros.Length)
        {
            file.Fill(zeros.AsSpan(0, (int)Math.Min(zeros.Length, end - at)), at);
            if (at - synced < MaxUnsynced)
                continue;
            file.Sync();
            synced = at;
        }

        file.Sync();
    }

    private WriteAheadFile Create(long number) => WriteAheadFile.Create(disk, folder, number, settings.Durability);
}
