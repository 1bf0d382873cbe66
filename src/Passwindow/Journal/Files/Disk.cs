using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Passwindow.Journal.Files;

/// <summary>The real file system.</summary>
internal sealed partial class Disk : IDisk
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    private const int NoSpace = 28;                              // ENOSPC
    private const int NoQuota = 122;                             // EDQUOT on Linux
    private const int WindowsDiskFull = unchecked((int)0x80070070); // ERROR_DISK_FULL

    public static Disk Instance { get; } = new();

    public IDisposable Lock(string folder) => FolderLock.Take(folder);

    public long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    public IDiskFile Open(string path, bool create)
    {
        var options = new FileStreamOptions
        {
            Mode = create ? FileMode.OpenOrCreate : FileMode.Open,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (create && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        try
        {
            return new DiskFile(new FileStream(path, options));
        }
        catch (IOException e) when (IsNoRoom(e))
        {
            throw new NoRoomException(e.Message, e);
        }
    }

    public bool Exists(string path) => File.Exists(path);

    public long LengthOf(string path) => new FileInfo(path).Length;

    public IReadOnlyList<string> List(string folder, string ending) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + ending) : [];

    public IReadOnlyList<string> Folders(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    public void CreateFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        string parent = Path.GetDirectoryName(path) ?? path;
        if (!Directory.Exists(parent))
            CreateFolder(parent);
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, OwnerOnlyFolder);
        }
        catch (IOException e) when (IsNoRoom(e))
        {
            throw new NoRoomException(e.Message, e);
        }

        SyncFolder(parent);
    }

    public void Delete(string path) => File.Delete(path);

    public void SyncFolder(string path)
    {
        // Windows keeps its directories durable by itself, and has no call for it.
        if (OperatingSystem.IsWindows())
            return;
        int folder = OpenFolder(path, ReadOnly);
        if (folder < 0)
            throw Failure("open", path);
        using var handle = new SafeFileHandle(folder, ownsHandle: true);
        while (SyncAll(handle) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failure("fsync", path);
        }
    }

    private static bool IsNoRoom(IOException e) => e.HResult is NoSpace or NoQuota or WindowsDiskFull;

    private static IOException Failure(string call, string path) =>
        new($"{call} {path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    private const int Interrupted = 4; // EINTR
    private const int ReadOnly = 0; // O_RDONLY, the one mode in which a folder opens

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncAll(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle handle);

    [LibraryImport("kernel32", EntryPoint = "FlushFileBuffers", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, int command);

    private sealed class DiskFile(FileStream file) : IDiskFile
    {
        private readonly SafeFileHandle _handle = file.SafeFileHandle;

        private const int FullSync = 51;   // macOS: F_FULLFSYNC, because fsync there stops at the drive's cache

        public long Length => RandomAccess.GetLength(_handle);

        public int Read(Span<byte> into, long offset)
        {
            int total = 0;
            while (total < into.Length)
            {
                int read = RandomAccess.Read(_handle, into[total..], offset + total);
                if (read == 0)
                    break;
                total += read;
            }

            return total;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            try
            {
                RandomAccess.Write(_handle, bytes, offset);
            }
            catch (IOException e) when (IsNoRoom(e))
            {
                throw new NoRoomException(e.Message, e);
            }
        }

        public void Truncate(long length) => RandomAccess.SetLength(_handle, length);

        /// <summary>
        /// Called past the framework on purpose: .NET 10 on Linux returns normally from FileStream.Flush(true) and
        /// RandomAccess.FlushToDisk when fsync has failed (dotnet/runtime #124722).
        /// </summary>
        public void Sync()
        {
            if (OperatingSystem.IsWindows())
            {
                if (!FlushFileBuffers(_handle))
                    throw Failure("FlushFileBuffers", file.Name);
                return;
            }

            while ((OperatingSystem.IsMacOS() ? Control(_handle, FullSync) : SyncData(_handle)) != 0)
            {
                // Any other error is final: the kernel marks the pages clean, and a second call would report a success that is none.
                if (Marshal.GetLastPInvokeError() != Interrupted)
                    throw Failure("fdatasync", file.Name);
            }
        }

        public void Dispose() => file.Dispose();
    }
}
