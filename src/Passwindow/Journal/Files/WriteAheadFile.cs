using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Passwindow.Journal.Files;

/// <summary>The file that takes the appends of all turns: <c>wal/00000001.jsonl</c>, and the next number once it is full.</summary>
internal sealed class WriteAheadFile : IDisposable
{
    public const string Ending = ".jsonl";

    private readonly IDiskFile _file;
    private volatile Exception? _failure; // then nobody knows what is on the disk, and a sync that succeeds would say too much

    private WriteAheadFile(IDiskFile file, string path, long number)
    {
        _file = file;
        FilePath = path;
        Number = number;
    }

    public string FilePath { get; }

    public long Number { get; }

    /// <summary>Whether a write or sync of it has failed: it must stay the last one, for only of the last may something be missing.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>The end of the last batch that was written, and synced if it was to be.</summary>
    public long Length { get; private set; }

    /// <summary>The checksum of the last line.</summary>
    public uint Crc { get; private set; }

    /// <summary>Makes a new file with its first line, durable with its entry in the folder.</summary>
    public static WriteAheadFile Create(IDisk disk, string folder, long number, Durability durability)
    {
        string path = Path.Combine(folder, number.ToString("D8", CultureInfo.InvariantCulture) + Ending);
        var created = new WriteAheadFile(disk.Open(path, create: true), path, number);
        try
        {
            using var line = new LineBuffer();
            uint crc = JournalLine.WriteObject(line, batch: 0, turn: null, "\"passwindow\":"u8, FileHead.WriteAhead(number, durability), previousCrc: 0);
            created.Append(line.Written, crc, sync: true);
            disk.SyncFolder(folder);
            return created;
        }
        catch
        {
            created.Dispose();
            throw;
        }
    }

    /// <summary>The number in a file's name; null if it is not the name of such a file.</summary>
    public static long? NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>
    /// Of all write-ahead files, in order, the index of the last one that took appends. What follows it was made beforehand and holds its first line, or a part of
    /// it if the process ended in that moment, and zeros.
    /// </summary>
    public static int IndexOfLastBegun(IDisk disk, IReadOnlyList<string> paths)
    {
        int index = paths.Count - 1;
        while (index > 0 && !TookAppends(disk, paths[index]))
            index--;
        return index;
    }

    /// <summary>
    /// Writes lines whose last has the checksum <paramref name="crc"/>, and makes them durable. If that fails the file is cut back to what
    /// was whole before, and must not be appended to or synced again.
    /// </summary>
    public void Append(ReadOnlySpan<byte> lines, uint crc, bool sync)
    {
        ThrowIfFailed();
        try
        {
            _file.Write(lines, Length);
            if (sync)
                _file.Sync();
        }
        catch (Exception e)
        {
            _failure = e;
            CutBack();
            throw;
        }

        Length += lines.Length;
        Crc = crc;
    }

    /// <summary>Writes zeros where later lines will stand.</summary>
    public void Fill(ReadOnlySpan<byte> zeros, long at)
    {
        ThrowIfFailed();
        try
        {
            _file.Write(zeros, at);
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    public void Sync()
    {
        ThrowIfFailed();
        try
        {
            _file.Sync();
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static bool TookAppends(IDisk disk, string path)
    {
        Span<byte> beginning = stackalloc byte[256]; // more than a first line has
        using var file = disk.Open(path, create: false);
        int read = file.Read(beginning, 0);
        int head = beginning[..read].IndexOf((byte)'\n') + 1;
        return head == 0 ? read == beginning.Length : head < read && beginning[head] != 0;
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure); // the same: what was missing room is healed by room
    }

    private void CutBack()
    {
        try
        {
            _file.Truncate(Length);
        }
        catch (Exception)
        {
            // Then recovery does it. What counts is that nothing is written behind it, and what made this necessary is being reported.
        }
    }
}
