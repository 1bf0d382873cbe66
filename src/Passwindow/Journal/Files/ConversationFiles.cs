using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// Finds conversations' files: by key, and by the place that a turn's id carries. Of a conversation that nobody uses, memory holds its
/// key alone.
/// </summary>
internal sealed class ConversationFiles
{
    /// <summary>How many files keep their index in memory though nobody uses them just now.</summary>
    private const int MaxRecent = 256;

    private const string Ending = ".jsonl";

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly Action<JournalDamagedException> _onDamaged;
    private readonly ConcurrentDictionary<ulong, ConversationKey[]> _places = new();
    private readonly ConcurrentDictionary<ConversationKey, string[]> _rescued = new();
    private readonly Dictionary<ConversationKey, WeakReference<ConversationFile>> _files = [];
    private readonly Queue<ConversationFile> _recent = new();
    private int _sweepAt = 1024;

    public ConversationFiles(IDisk disk, string folder, Action<JournalDamagedException> onDamaged)
    {
        _disk = disk;
        _folder = folder;
        _onDamaged = onDamaged;
        foreach (string tenantFolder in disk.Folders(folder))
        {
            if (!TenantId.TryParse(Path.GetFileName(tenantFolder), out var tenant))
                continue;
            foreach (string path in disk.List(tenantFolder, Ending))
            {
                string name = Path.GetFileNameWithoutExtension(path);
                int rescued = name.IndexOf(".rescued.", StringComparison.Ordinal);
                if (!ConversationId.TryParse(rescued < 0 ? name : name[..rescued], out var conversation))
                    continue;
                var key = new ConversationKey(tenant, conversation);
                if (rescued < 0)
                    Remember(key);
                else
                    RememberRescued(key, path);
            }
        }
    }

    /// <summary>All conversations that have a file, or are about to.</summary>
    public IEnumerable<ConversationKey> Keys => _places.Values.SelectMany(static keys => keys);

    /// <summary>Where a conversation's file is.</summary>
    public string PathOf(ConversationKey key) => ConversationFile.PathOf(_folder, key);

    /// <summary>The 40-bit number under which a conversation is found by its turns' ids.</summary>
    public static ulong PlaceOf(ConversationKey key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes($"{key.Tenant.Value}/{key.Conversation.Value}"), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) & ((1UL << 40) - 1);
    }

    /// <summary>The file of a conversation that exists; null for any other, of which nothing is remembered.</summary>
    public ConversationFile? Find(ConversationKey key) => Exists(key) ? Get(key) : null;

    /// <summary>The file of a conversation, which comes into being with its first event.</summary>
    public ConversationFile Get(ConversationKey key) => Get(key, inPassing: false);

    /// <summary>The same for somebody who reads many and will not come back: what is read displaces nothing.</summary>
    public ConversationFile? FindInPassing(ConversationKey key) => Exists(key) ? Get(key, inPassing: true) : null;

    /// <summary>
    /// Deletes a conversation's file and those that were rescued beside it, durably. The next turn of that name begins a new file.
    /// </summary>
    public void Delete(ConversationKey key)
    {
        var file = Get(key);
        file.Delete();
        if (_rescued.TryRemove(key, out string[]? paths))
        {
            foreach (string path in paths.Where(_disk.Exists))
                _disk.Delete(path);
        }

        _disk.CreateFolder(file.Folder);
        _disk.SyncFolder(file.Folder); // also if nothing was there: who deleted it may have died before it synced the folder
        lock (_files)
            _files.Remove(key);
        Forget(key);
    }

    private bool Exists(ConversationKey key) => _places.TryGetValue(PlaceOf(key), out var keys) && keys.Contains(key);

    private ConversationFile Get(ConversationKey key, bool inPassing)
    {
        Remember(key);
        lock (_files)
        {
            if (_files.TryGetValue(key, out var known) && known.TryGetTarget(out var file))
                return file;
            file = new ConversationFile(_disk, _folder, key, _onDamaged);
            _files[key] = new WeakReference<ConversationFile>(file);
            if (!inPassing)
                _recent.Enqueue(file);
            if (_recent.Count > MaxRecent)
                _recent.Dequeue();
            if (_files.Count > _sweepAt)
                Sweep();
            return file;
        }
    }

    /// <summary>The file beside that of a damaged conversation, which takes a turn that the damaged one cannot take.</summary>
    public ConversationFile Rescue(ConversationKey key, TurnId turn)
    {
        var file = new ConversationFile(_disk, _folder, key, _onDamaged, turn);
        RememberRescued(key, file.FilePath);
        return file;
    }

    /// <summary>The files in which a turn of this id may be; of this tenant's only.</summary>
    public IEnumerable<ConversationFile> At(TurnKey turn) =>
        turn.Turn.TryGetPlace(out ulong place) && _places.TryGetValue(place, out var keys)
            ? keys.Where(key => key.Tenant == turn.Tenant).Select(Get)
            : [];

    private void Remember(ConversationKey key) =>
        _places.AddOrUpdate(PlaceOf(key), _ => [key], (_, keys) => keys.Contains(key) ? keys : [.. keys, key]);

    private void RememberRescued(ConversationKey key, string path) =>
        _rescued.AddOrUpdate(key, _ => [path], (_, paths) => paths.Contains(path) ? paths : [.. paths, path]);

    private void Forget(ConversationKey key)
    {
        ulong place = PlaceOf(key);
        while (_places.TryGetValue(place, out var keys))
        {
            var others = Array.FindAll(keys, other => other != key);
            if (others.Length > 0 ? _places.TryUpdate(place, others, keys) : _places.TryRemove(KeyValuePair.Create(place, keys)))
                return;
        }
    }

    private void Sweep()
    {
        foreach (var (key, file) in _files.ToList())
        {
            if (!file.TryGetTarget(out _))
                _files.Remove(key);
        }

        _sweepAt = Math.Max(1024, _files.Count * 2);
    }
}
