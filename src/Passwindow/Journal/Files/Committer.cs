namespace Passwindow.Journal.Files;

/// <summary>
/// Commits: writes a batch to the write-ahead file, syncs it, shows it; and begins the next file. All of it is for who holds the lock of commits, but for what
/// says otherwise.
/// </summary>
internal sealed class Committer : IDisposable
{
    /// <summary>Once a batch is this large, the rest goes into the next one.</summary>
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>So much is written before the disk is given it where no sync is waited for: a full file at once would be in everybody's way.</summary>
    private const int MaxUnsyncedBytes = 4 * 1024 * 1024;

    /// <summary>The next file is begun when so large a part of this one is full, before this one may make way: it takes seconds to make. A server that is used little needs none.</summary>
    private const int BegunAfter = 8;

    /// <summary>
    /// Once it has so much, the first file of a process is given up for the next one as soon as that is made: nobody filled the first with zeros, and the code for a change of
    /// files is so compiled before a crowd waits for it.
    /// </summary>
    private const int MinFirstFileBytes = 16 * 1024 * 1024;

    /// <summary>A disk that takes longer for a batch is not waited for by who reads from upstreams: in that time it can read on.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(5);

    private readonly CommitLoopSettings _settings;
    private readonly Lock _replacing = new(); // of the file, for who syncs it without the lock of commits
    private readonly List<(ICommitting Each, long Seq)> _batch = [];
    private readonly LineBuffer _lines = new();
    private readonly NextFile _next;
    private WriteAheadFile _file;
    private volatile bool _isFirst = true;
    private long _batchNumber;
    private long _batchUnderWay;
    private long _begunAt;
    private long _syncedLength; // where what is shown need not be synced
    private bool _isClosed;
    private volatile bool _isFast; // where there are syncs the first shows it

    public Committer(IDisk disk, string folder, long firstNumber, CommitLoopSettings settings)
    {
        _settings = settings;
        _isFast = settings.Durability == Durability.Os;
        _next = new NextFile(disk, folder, settings);
        _file = WriteAheadFile.Create(disk, folder, firstNumber, settings.Durability);
    }

    /// <summary>The number of the last write-ahead file. Once this is disposed.</summary>
    public long LastFileNumber => _next.Number ?? _file.Number;

    public string FilePath => _file.FilePath;

    /// <summary>The number of the batch that is being written and synced; 0 if none is. For everybody.</summary>
    public long BatchUnderWay => Volatile.Read(ref _batchUnderWay);

    /// <summary>When the last batch was begun, by the real clock. For everybody.</summary>
    public long BegunAt => Volatile.Read(ref _begunAt);

    /// <summary>Whether the last batch was on the disk soon. For everybody.</summary>
    public bool IsFast => _isFast;

    /// <summary>Whether the next file is due. For everybody.</summary>
    public bool IsFull => _file.Length > _settings.MaxFileBytes || (_file.Length > MayMakeWayAt && _next.IsMade);

    /// <summary>Whether <see cref="BeginToMakeNextFile"/> is due. For everybody.</summary>
    public bool IsNextDue => !_next.IsBegun && _file.Length > MayMakeWayAt / BegunAfter;

    /// <summary>Whether <see cref="SyncWritten"/> is due. For everybody.</summary>
    public bool IsMuchUnsynced => _settings.Durability == Durability.Os && _file.Length - Volatile.Read(ref _syncedLength) > MaxUnsyncedBytes;

    /// <summary>Whether a write or sync has failed: nothing may follow.</summary>
    public bool HasFailed => _file.HasFailed;

    /// <summary>At which length this file makes way if the next one is made.</summary>
    private long MayMakeWayAt => _isFirst ? Math.Min(_settings.MaxFileBytes, MinFirstFileBytes) : _settings.MaxFileBytes;

    /// <summary>Commits a batch of what gathered.</summary>
    public void Commit(Queue<ICommitting> gathered, WakeUps wakeUps)
    {
        Volatile.Write(ref _begunAt, TimeProvider.System.GetTimestamp());
        _batch.Clear();
        _lines.Clear();
        _batchNumber++;
        uint crc = _file.Crc;
        while (_lines.Length < MaxBatchBytes && gathered.TryDequeue(out var each))
            _batch.Add((each, each.Frame(_lines, _file.Number, _batchNumber, ref crc)));
        crc = JournalLine.WriteCommit(_lines, _batchNumber, crc);
        Volatile.Write(ref _batchUnderWay, _batchNumber);
        long writtenAt = _settings.Clock.GetTimestamp();
        _file.Append(_lines.Written, crc, sync: _settings.Durability == Durability.Fsync);
        _isFast = _settings.Clock.GetElapsedTime(writtenAt) < Slow;
        Volatile.Write(ref _batchUnderWay, 0);

        foreach (var (each, seq) in _batch)
        {
            var turn = each as FileTurn;
            if (turn is not null)
                _settings.OnDurable(turn); // before anybody is told: who asks for the list upon an event finds what the event says
            each.Publish(seq, wakeUps);
            if (turn is not null)
                _settings.OnPublished(turn);
        }
    }

    /// <summary>Makes durable what was written so far, where that is not done before it is shown (<see cref="Durability.Os"/>). For everybody.</summary>
    public void SyncWritten()
    {
        lock (_replacing)
        {
            if (_isClosed)
                return;
            Volatile.Write(ref _syncedLength, _file.Length);
            _file.Sync();
        }
    }

    /// <summary>Has the next file made beforehand, for which commits would else have to wait. For the journal's thread, without the lock.</summary>
    public void BeginToMakeNextFile() => _next.Begin(_file.Number + 1);

    /// <summary>Begins the next file, and gives the full one's number. For the journal's thread. It says which turns go on, so that recovery needs no file before it once those are stored.</summary>
    public long BeginNextFile()
    {
        if (_settings.Durability == Durability.Os)
            _file.Sync(); // a file that is not the last must be whole whatever happens
        var next = _next.Take(_file.Number + 1);
        try
        {
            _lines.Clear();
            _batchNumber++;
            uint crc = next.Crc;
            foreach (var turn in _settings.Running())
                crc = turn.FrameRuns(_lines, _batchNumber, crc);
            crc = JournalLine.WriteCommit(_lines, _batchNumber, crc);
            next.Append(_lines.Written, crc, sync: true);
        }
        catch
        {
            next.Dispose();
            throw;
        }

        var full = _file;
        lock (_replacing)
            (_file, _syncedLength) = (next, 0);
        full.Dispose();
        _isFirst = false;
        return full.Number;
    }

    public void Dispose()
    {
        lock (_replacing)
        {
            _isClosed = true;
            _file.Dispose();
            _lines.Dispose();
        }

        _next.Dispose();
    }
}
