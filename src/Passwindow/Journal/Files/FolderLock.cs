using System.Globalization;
using System.Text;

namespace Passwindow.Journal.Files;

/// <summary>
/// Keeps a second process off a journal's folder: two writers overwrite each other in silence. The kernel frees the lock when its
/// process dies, however it dies.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

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
        catch (IOException)
        {
            return "";
        }
    }

    private static bool Excluded(string path)
    {
        try
        {
            using var second = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private bool Excludes(string path) => _file.CanWrite && Excluded(path);

    private void WriteHolder() =>
        File.WriteAllText(_file.Name + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Encoding.ASCII);
}
