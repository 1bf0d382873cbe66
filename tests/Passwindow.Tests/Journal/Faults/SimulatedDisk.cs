using Passwindow.Journal.Files;

namespace Passwindow.Tests.Journal.Faults;

/// <summary>
/// A disk in memory that knows what is durable and what is not: contents, sizes and entries of folders. It numbers each call that
/// changes something or makes something durable, fails those it is told to, and gives the image that a power cut would leave.
/// </summary>
internal sealed class SimulatedDisk : IDisk
{
    private readonly Lock _gate = new();
    private Dictionary<string, SimulatedFile?> _seen = []; // a folder has no file
    private Dictionary<string, SimulatedFile?> _durable = [];
    private List<(string Path, SimulatedFile? File, bool IsThere)> _changes = [];
    private readonly HashSet<string> _locked = [];

    /// <summary>How many calls were numbered so far; the next bears this number plus one.</summary>
    public int Calls { get; private set; }

    /// <summary>Says what becomes of a call. Null: all succeed.</summary>
    public Func<DiskCall, DiskFault>? Fault { get; set; }

    /// <summary>Is called under the disk's lock before each numbered call.</summary>
    public Action<DiskCall>? BeforeCall { get; set; }

    /// <summary>What <see cref="FreeBytes"/> says.</summary>
    public long Free { get; set; } = long.MaxValue;

    /// <summary>A file was synced again after a sync of it had failed, by the process that saw it fail.</summary>
    public bool SyncedAgainAfterFailure { get; private set; }
    public IEnumerable<string> Files
    {
        get
        {
            lock (_gate)
                return [.. _seen.Where(static entry => entry.Value is not null).Select(static entry => entry.Key)];
        }
    }

    public SimulatedFile this[string path]
    {
        get
        {
            lock (_gate)
                return _seen[path]!;
        }
    }

    /// <summary>The disk as it is now; what happens to this one later does not reach it. For use under the lock, in <see cref="BeforeCall"/>.</summary>
    public SimulatedDisk Snapshot()
    {
        var files = new Dictionary<SimulatedFile, SimulatedFile>();
        SimulatedFile? Copy(SimulatedFile? file) => file is null ? null : files.TryGetValue(file, out var copy) ? copy : files[file] = file.Snapshot();
        lock (_gate)
        {
            return new SimulatedDisk
            {
                _seen = _seen.ToDictionary(static entry => entry.Key, entry => Copy(entry.Value)),
                _durable = _durable.ToDictionary(static entry => entry.Key, entry => Copy(entry.Value)),
                _changes = [.. _changes.Select(change => (change.Path, Copy(change.File), change.IsThere))],
            };
        }
    }

    /// <summary>The same machine after the process died: nothing is lost, and nothing more durable than before.</summary>
    public SimulatedDisk AfterKill()
    {
        var disk = Snapshot();
        foreach (var file in disk._seen.Values)
        {
            if (file is not null)
                file.HasFailedSync = false; // the next process does not know
        }

        return disk;
    }

    /// <summary>What a power cut leaves: of what is not synced, anything.</summary>
    public SimulatedDisk AfterPowerCut(Random random)
    {
        lock (_gate)
        {
            var entries = new Dictionary<string, SimulatedFile?>(_durable);
            bool all = random.Next(3) == 0;
            foreach (var (path, file, isThere) in _changes)
            {
                if (!all && random.Next(2) == 0)
                    continue;
                if (isThere)
                    entries[path] = file;
                else
                    entries.Remove(path);
            }

            var disk = new SimulatedDisk();
            foreach (var (path, file) in entries)
            {
                if (HasAllFolders(entries, path))
                    disk._seen[path] = file?.AfterPowerCut(random);
            }

            disk._durable = new(disk._seen);
            return disk;
        }
    }

    public IDisposable Lock(string folder)
    {
        lock (_gate)
        {
            if (!_locked.Add(folder))
                throw new InvalidOperationException("The folder is locked.");
        }

        return new Unlock(() => _locked.Remove(folder));
    }

    public IDiskFile Open(string path, bool create)
    {
        lock (_gate)
        {
            if (_seen.TryGetValue(path, out var file) && file is not null)
                return new OpenFile(this, path, file);
            if (!create)
                throw new FileNotFoundException(path);
            if (!_seen.ContainsKey(Path.GetDirectoryName(path)!))
                throw new DirectoryNotFoundException(path);
            Number(DiskCallKind.Create, path, out _);
            file = new SimulatedFile();
            SetEntry(path, file, isThere: true);
            return new OpenFile(this, path, file);
        }
    }

    public bool Exists(string path)
    {
        lock (_gate)
            return _seen.TryGetValue(path, out var file) && file is not null;
    }

    public IReadOnlyList<string> List(string folder, string ending)
    {
        lock (_gate)
            return [.. _seen.Where(entry => entry.Value is not null && Path.GetDirectoryName(entry.Key) == folder && entry.Key.EndsWith(ending)).Select(static entry => entry.Key)];
    }

    public IReadOnlyList<string> Folders(string folder)
    {
        lock (_gate)
            return [.. _seen.Where(entry => entry.Value is null && Path.GetDirectoryName(entry.Key) == folder).Select(static entry => entry.Key)];
    }

    public void CreateFolder(string path)
    {
        lock (_gate)
        {
            if (_seen.ContainsKey(path))
                return;
            string parent = Path.GetDirectoryName(path) ?? path;
            if (parent == path)
            {
                _seen[path] = _durable[path] = null;
                return;
            }

            CreateFolder(parent);
            Number(DiskCallKind.CreateFolder, path, out _);
            SetEntry(path, null, isThere: true);
            SyncFolder(parent);
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Number(DiskCallKind.Delete, path, out _);
            SetEntry(path, null, isThere: false);
        }
    }

    public void SyncFolder(string path)
    {
        lock (_gate)
        {
            Number(DiskCallKind.SyncFolder, path, out _);
            foreach (var (entry, file, isThere) in _changes.Where(change => Path.GetDirectoryName(change.Path) == path))
            {
                if (isThere)
                    _durable[entry] = file;
                else
                    _durable.Remove(entry);
            }

            _changes = [.. _changes.Where(change => Path.GetDirectoryName(change.Path) != path)];
        }
    }

    public long FreeBytes(string folder) => Free;

    private static bool HasAllFolders(Dictionary<string, SimulatedFile?> entries, string path)
    {
        for (string? parent = Path.GetDirectoryName(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (!entries.TryGetValue(parent, out var file) || file is not null)
                return false;
        }

        return true;
    }

    private void SetEntry(string path, SimulatedFile? file, bool isThere)
    {
        _changes.Add((path, file, isThere));
        if (isThere)
            _seen[path] = file;
        else
            _seen.Remove(path);
    }

    private void Number(DiskCallKind kind, string path, out DiskFault fault)
    {
        var call = new DiskCall(Calls + 1, kind, path);
        BeforeCall?.Invoke(call);
        Calls++;
        fault = Fault?.Invoke(call) ?? DiskFault.None;
        if (fault == DiskFault.NoRoom && kind is DiskCallKind.Create or DiskCallKind.CreateFolder)
            throw new NoRoomException("No space left on device");
        if (fault != DiskFault.None && kind is not (DiskCallKind.Write or DiskCallKind.Sync))
            throw new IOException($"{kind} {path}: Input/output error");
    }

    private sealed class OpenFile(SimulatedDisk disk, string path, SimulatedFile file) : IDiskFile
    {
        public long Length
        {
            get
            {
                lock (disk._gate)
                    return file.Length;
            }
        }

        public int Read(Span<byte> into, long offset)
        {
            lock (disk._gate)
                return file.Read(into, offset);
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            lock (disk._gate)
            {
                disk.Number(DiskCallKind.Write, path, out var fault);
                if (fault == DiskFault.None)
                {
                    file.Write(bytes, offset);
                    return;
                }

                if (fault is DiskFault.ShortWrite or DiskFault.NoRoom)
                    file.Write(bytes[..(bytes.Length * 2 / 3)], offset);
                throw fault == DiskFault.NoRoom ? new NoRoomException("No space left on device") : new IOException("Input/output error");
            }
        }

        public void Truncate(long length)
        {
            lock (disk._gate)
            {
                disk.Number(DiskCallKind.Truncate, path, out _);
                file.Truncate(length);
            }
        }

        public void Sync()
        {
            lock (disk._gate)
            {
                disk.Number(DiskCallKind.Sync, path, out var fault);
                disk.SyncedAgainAfterFailure |= file.HasFailedSync;
                if (fault == DiskFault.None)
                {
                    file.Sync();
                    return;
                }

                file.FailSync();
                file.HasFailedSync = true;
                throw new IOException("fdatasync: Input/output error");
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Unlock(Action unlock) : IDisposable
    {
        public void Dispose() => unlock();
    }
}

/// <summary>One numbered call.</summary>
internal readonly record struct DiskCall(int Number, DiskCallKind Kind, string Path);

internal enum DiskCallKind
{
    Create,
    CreateFolder,
    Write,
    Truncate,
    Sync,
    SyncFolder,
    Delete,
}

/// <summary>What becomes of a call.</summary>
internal enum DiskFault
{
    None,

    /// <summary>EIO; nothing was done. Of a sync: and what was to be synced is lost to the disk for good.</summary>
    Error,

    /// <summary>EIO after two thirds of a write.</summary>
    ShortWrite,

    /// <summary>ENOSPC, after two thirds of a write.</summary>
    NoRoom,
}
