using Passwindow.Journal.Files;
using Passwindow.Protocol;

namespace Passwindow.Journal.Tools;

/// <summary>
/// A journal's folder that no server holds, read as it lies there: nothing in it is changed, and what is damaged does not keep the rest from
/// being read. A conversation is read whole into memory, and so are the write-ahead files.
/// </summary>
internal sealed class JournalFolder : IDisposable
{
    private const string Ending = ".jsonl";

    private readonly IDisk _disk;
    private readonly IDisposable _lock;
    private readonly SalvagedWriteAhead _writeAhead;
    private readonly Dictionary<ConversationKey, List<string>> _files = [];

    private JournalFolder(IDisk disk, string folder, IDisposable folderLock)
    {
        _disk = disk;
        _lock = folderLock;
        Folder = folder;
        _writeAhead = new SalvagedWriteAhead(disk, Path.Combine(folder, "wal"));
        foreach (string tenantFolder in disk.Folders(Path.Combine(folder, "conversations")))
            Find(tenantFolder);
    }

    public string Folder { get; }

    /// <summary>How many write-ahead files there are: none after a server was closed in good order.</summary>
    public int WriteAheadFiles => _writeAhead.FileCount;

    /// <summary>What was found outside of the conversations' own files.</summary>
    public List<JournalFinding> Findings => _writeAhead.Findings;

    /// <summary>All conversations, by tenant and id.</summary>
    public IEnumerable<ConversationKey> Keys => _files.Keys.Union(_writeAhead.Keys)
        .Where(key => !_writeAhead.IsGone(key))
        .OrderBy(static key => key.Tenant.Value, StringComparer.Ordinal)
        .ThenBy(static key => key.Conversation.Value, StringComparer.Ordinal);

    /// <summary>Takes the folder and looks around in it.</summary>
    /// <exception cref="IOException">There is no journal.</exception>
    /// <exception cref="JournalUnavailableException">A server holds it.</exception>
    public static JournalFolder Open(string folder, IDisk? disk = null)
    {
        disk ??= Disk.Instance;
        folder = Path.GetFullPath(folder);
        if (disk.Folders(folder).All(static each => Path.GetFileName(each) is not ("conversations" or "wal")))
            throw new DirectoryNotFoundException($"There is no journal in {folder}: it has neither a folder conversations nor a folder wal.");
        var folderLock = disk.Lock(folder);
        try
        {
            return new JournalFolder(disk, folder, folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Reads a conversation; null if there is none of that name.</summary>
    public SalvagedConversation? Read(ConversationKey key)
    {
        var paths = _files.GetValueOrDefault(key) ?? [];
        bool isHeld = _writeAhead.Holds(key);
        if (_writeAhead.IsGone(key) || (paths.Count == 0 && !isHeld))
            return null;
        var conversation = new SalvagedConversation(key);
        foreach (string path in paths)
            conversation.ReadFile(_disk, path, isHeld);
        _writeAhead.AddTo(conversation);
        conversation.Conclude(paths.Count > 0 ? paths[0] : Path.Combine(Folder, "wal"));
        return conversation;
    }

    public void Dispose() => _lock.Dispose();

    private void Find(string tenantFolder)
    {
        if (!TenantId.TryParse(Path.GetFileName(tenantFolder), out var tenant))
        {
            Findings.Add(new JournalFinding(tenantFolder, 0, "its name is no tenant's: nothing in it is served."));
            return;
        }

        // The file itself before what was rescued beside it.
        foreach (string path in _disk.List(tenantFolder, Ending).OrderBy(static path => path.Length).ThenBy(static path => path, StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            int rescued = name.IndexOf(".rescued.", StringComparison.Ordinal);
            if (!ConversationId.TryParse(rescued < 0 ? name : name[..rescued], out var conversation))
            {
                Findings.Add(new JournalFinding(path, 0, "its name is no conversation's: it is not served."));
                continue;
            }

            var key = new ConversationKey(tenant, conversation);
            if (!_files.TryGetValue(key, out var paths))
                _files.Add(key, paths = []);
            paths.Add(path);
        }
    }
}
