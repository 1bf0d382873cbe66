using System.Globalization;
using System.Text;

namespace Passwindow.Journal.Files;

/// <summary>
/// Keeps a second process off a journal's folder: two writers overwrite each other in silence. The kernel frees the lock when its
/// process dies, however it dies.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const int WouldBlock = 11;                             // EWOULDBLOCK on Linux
    private const int WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020); // ERROR_SHARING_VIOLATION

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock and says so, with this process's id, in <c>lock.pid</c>.</summary>
    /// <exception cref="JournalUnavailableException">Another process holds the folder, or the file system cannot lock.</exception>
    public static FolderLock Take(string folder)
    {
        string path = Path.Combine(folder, "lock");
        FileStream file;
        try
        {
            // FileShare.None is the only mode that takes an exclusive lock on Linux (flock LOCK_EX).
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (!IsHeld(e))
        {
            throw new JournalUnavailableException($"The journal's lock {path} could not be taken: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new JournalUnavailableException($"Another process{Holder(path)} holds the journal in {folder}. Stop it, or name another folder (Passwindow:Journal).", e);
        }

        var taken = new FolderLock(file);
        if (!taken.Excludes(path))
        {
            taken.Dispose();
            throw new JournalUnavailableException($"Files cannot be locked in {folder} (a network file system, or DOTNET_SYSTEM_IO_DISABLEFILELOCKING is set): a second process would not be noticed.");
        }

        taken.WriteHolder();
        return taken;
    }

    public void Dispose() => _file.Dispose();

    // The pid stands beside the lock file, because the lock file itself cannot be read while it is held.
    private static string Holder(string path)
    {
        try
        {
            return $" (pid {File.ReadAllText(path + ".pid").Trim()})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static bool IsHeld(Exception e) => e is IOException { HResult: WouldBlock or WouldBlockOnMac or SharingViolation };

    private static bool Excluded(string path)
    {
        try
        {
            using var second = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException e) when (IsHeld(e))
        {
            return true;
        }
    }

    private bool Excludes(string path) => _file.CanWrite && Excluded(path);

    private void WriteHolder()
    {
        try
        {
            File.WriteAllText(_file.Name + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Encoding.ASCII);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is a kindness to whoever is refused, and a full disk must not keep the journal from being read.
        }
    }
}
