using System.Globalization;

namespace Passwindow.Journal.Files;

/// <summary>The file that takes the appends of all turns: <c>wal/00000001.jsonl</c>, and the next number once it is full.</summary>
internal sealed class WriteAheadFile(IDiskFile file, string path, long number) : IDisposable
{
    public const string Ending = ".jsonl";

    public string FilePath => path;

    public long Number => number;

    /// <summary>The end of what is written; where the next batch goes.</summary>
    public long Length { get; private set; }

    /// <summary>The checksum of the last line.</summary>
    public uint Crc { get; private set; }

    /// <summary>Makes a new file with its first line, durable with its entry in the folder.</summary>
    public static WriteAheadFile Create(IDisk disk, string folder, long number)
    {
        string path = Path.Combine(folder, number.ToString("D8", CultureInfo.InvariantCulture) + Ending);
        var created = new WriteAheadFile(disk.Open(path, create: true), path, number);
        var line = new LineBuffer();
        uint crc = JournalLine.WriteObject(line, batch: 0, turn: null, "\"passwindow\":"u8, FileHead.WriteAhead(number), previousCrc: 0);
        created.Write(line.Written, crc);
        created.Sync();
        disk.SyncFolder(folder);
        return created;
    }

    /// <summary>The number in a file's name; null if it is not the name of such a file.</summary>
    public static long? NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Writes lines whose last has the checksum <paramref name="crc"/>.</summary>
    public void Write(ReadOnlySpan<byte> lines, uint crc)
    {
        file.Write(lines, Length);
        Length += lines.Length;
        Crc = crc;
    }

    public void Sync() => file.Sync();

    public void Dispose() => file.Dispose();
}
