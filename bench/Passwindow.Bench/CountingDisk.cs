using Passwindow.Journal.Files;

namespace Passwindow.Bench;

/// <summary>The real disk, with a count of syncs.</summary>
internal sealed class CountingDisk(IDisk disk) : IDisk
{
    private long _syncs;

    public long Syncs => Interlocked.Read(ref _syncs);

    public IDisposable Lock(string folder) => disk.Lock(folder);

    public IDiskFile Open(string path, bool create) => new CountingFile(this, disk.Open(path, create));

    public bool Exists(string path) => disk.Exists(path);

    public IReadOnlyList<string> List(string folder, string ending) => disk.List(folder, ending);

    public IReadOnlyList<string> Folders(string folder) => disk.Folders(folder);

    public void CreateFolder(string path) => disk.CreateFolder(path);

    public void Delete(string path) => disk.Delete(path);

    public void SyncFolder(string path)
    {
        Interlocked.Increment(ref _syncs);
        disk.SyncFolder(path);
    }

    public long FreeBytes(string folder) => disk.FreeBytes(folder);

    private sealed class CountingFile(CountingDisk counter, IDiskFile file) : IDiskFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> into, long offset) => file.Read(into, offset);

        public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

        public void Truncate(long length) => file.Truncate(length);

        public void Sync()
        {
            Interlocked.Increment(ref counter._syncs);
            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
