using System.Numerics;
using System.Text;
using Passwindow.Journal.Files;

namespace Passwindow.Tests.Journal.Faults;

/// <summary>
/// Builds of the journal that are wrong on purpose, made of the right one and a disk that lies to it. The tests must catch each.
/// </summary>
internal enum Sabotage
{
    /// <summary>The sync happens after what it covers is shown: with the next call.</summary>
    ShowBeforeSync,

    /// <summary>A sync that fails counts as one that succeeded.</summary>
    SwallowTheSyncError,

    /// <summary>A sync that fails is tried again.</summary>
    RetryTheSync,

    /// <summary>Nothing is cut off: what follows is appended behind it.</summary>
    KeepTheTornTail,

    /// <summary>Every checksum and length is right, whatever the line says.</summary>
    NoChecksum,

    /// <summary>A new file's entry in its folder is not synced.</summary>
    NoFolderSync,
}

/// <summary>The disk that lies.</summary>
internal sealed class SabotagedDisk(IDisk disk, Sabotage sabotage) : IDisk
{
    public IDisposable Lock(string folder) => disk.Lock(folder);

    public IDiskFile Open(string path, bool create) => new SabotagedFile(disk.Open(path, create), sabotage);

    public bool Exists(string path) => disk.Exists(path);

    public IReadOnlyList<string> List(string folder, string ending) => disk.List(folder, ending);

    public IReadOnlyList<string> Folders(string folder) => disk.Folders(folder);

    public void CreateFolder(string path) => disk.CreateFolder(path);

    public void Delete(string path) => disk.Delete(path);

    public void SyncFolder(string path)
    {
        if (sabotage != Sabotage.NoFolderSync)
            disk.SyncFolder(path);
    }

    public long FreeBytes(string folder) => disk.FreeBytes(folder);

    private sealed class SabotagedFile(IDiskFile file, Sabotage sabotage) : IDiskFile
    {
        private bool _owesSync;
        private long? _keptTail;

        public long Length => file.Length;

        public int Read(Span<byte> into, long offset)
        {
            if (sabotage != Sabotage.NoChecksum)
                return file.Read(into, offset);
            byte[] all = new byte[file.Length];
            file.Read(all, 0);
            Sign(all);
            int count = (int)Math.Clamp(all.Length - offset, 0, into.Length);
            all.AsSpan((int)offset, count).CopyTo(into);
            return count;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            PayDebt();
            file.Write(bytes, offset == _keptTail ? file.Length : offset);
        }

        public void Truncate(long length)
        {
            if (sabotage == Sabotage.KeepTheTornTail)
                _keptTail = length;
            else
                file.Truncate(length);
        }

        public void Sync()
        {
            if (sabotage == Sabotage.ShowBeforeSync)
            {
                PayDebt();
                _owesSync = true;
                return;
            }

            try
            {
                file.Sync();
            }
            catch (IOException) when (sabotage == Sabotage.SwallowTheSyncError)
            {
            }
            catch (IOException) when (sabotage == Sabotage.RetryTheSync)
            {
                file.Sync();
            }
        }

        public void Dispose()
        {
            PayDebt();
            file.Dispose();
        }

        private void PayDebt()
        {
            if (_owesSync)
                file.Sync();
            _owesSync = false;
        }

        // Signs every line anew, as a reader that looks at no checksum would take it.
        private static void Sign(Span<byte> bytes)
        {
            uint crc = 0;
            for (int start = 0; bytes[start..].IndexOf((byte)'\n') is var length and >= 0; start += length + 1)
            {
                var line = bytes.Slice(start, length + 1);
                if (line.Length < 40)
                    return;
                Encoding.ASCII.GetBytes($"{line.Length:x8}", line[25..]);
                foreach (byte each in line[18..])
                    crc = BitOperations.Crc32C(crc, each);
                Encoding.ASCII.GetBytes($"{crc:x8}", line[8..]);
            }
        }
    }
}
