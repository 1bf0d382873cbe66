using System.Runtime.InteropServices;

namespace Passwindow.Journal.Files;

/// <summary>
/// Moves committed events from memory to their conversations' files, on a thread of its own: a turn's when it has ended or grown large,
/// all that are in a write-ahead file which has been full for a while, which is deleted once everything in it is synced elsewhere. Memory lets go of an event
/// only after that sync.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    /// <summary>How many bytes of a running turn are in memory alone before they are stored.</summary>
    public const int MaxUnstoredBytesPerTurn = 256 * 1024;

    /// <summary>How many bytes of a turn stay in memory at least once they are stored, for the viewers at the line.</summary>
    private const int LeastHotBytes = 16 * 1024;

    /// <summary>How many bytes running turns share beyond that: few of them keep more each, so that a viewer that lags a little needs no file.</summary>
    private const int SharedHotBytes = 32 * 1024 * 1024;

    /// <summary>How many conversation files may be open and not synced at once; then some are synced.</summary>
    private const int MaxUnsyncedFiles = 256;

    /// <summary>How many files are synced in a row, so that no token waits for hundreds of syncs.</summary>
    private const int FilesInPart = 16;

    /// <summary>How many bytes may be stored and not synced; then some files are synced.</summary>
    private const int MaxUnsyncedBytes = 8 * 1024 * 1024;

    /// <summary>
    /// How many full write-ahead files stay although turns go on that are in them alone: most answers end before that and are stored once, at their end.
    /// </summary>
    private const int KeptFullFiles = 2;

    /// <summary>How many more full write-ahead files may wait until commits wait for them.</summary>
    private const int MaxFullFiles = 4;

    /// <summary>How many of a full file's turns are stored at a time, unless that takes more than <see cref="MaxParts"/>.</summary>
    private const int TurnsInPart = 16;

    /// <summary>In how many parts at most a full file's turns are stored.</summary>
    private const int MaxParts = 64;

    /// <summary>How long other work may take its turn after each part, and the processor rest, so that no token waits for a thousand stores. The next file takes seconds to fill.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly CheckpointerSettings _settings;
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private readonly Dictionary<ConversationFile, long> _unsynced = []; // and how many bytes of events were stored there
    private readonly HashSet<FileTurn> _unsettled = [];
    private readonly Thread _thread;
    private long _unsyncedBytes;
    private int _fullFiles;
    private bool _stopping;
    private bool _halted;

    public Checkpointer(IDisk disk, string writeAheadFolder, CheckpointerSettings settings)
    {
        _disk = disk;
        _folder = writeAheadFolder;
        _settings = settings;
        _thread = new Thread(Run) { Name = "passwindow checkpoint", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Stores a turn that has ended, or has grown.</summary>
    public void Store(FileTurn turn) => Enqueue(() => StoreNow(turn));

    /// <summary>Does something else to conversations' files, which only this thread writes; first what is committed is durable.</summary>
    /// <param name="change">Does it, and returns the file that must be synced before the write-ahead file goes; null for none.</param>
    public void Change(Func<ConversationFile?> change) => Enqueue(() =>
    {
        _settings.BeforeStore();
        if (change() is { } file)
            NoteUnsynced(file, bytes: 0);
    });

    /// <summary>
    /// Stores all that is not yet elsewhere of the write-ahead files up to and including that number, but for the latest few of them, and deletes those in
    /// which nothing is left. Waits if too many wait already.
    /// </summary>
    /// <param name="writeAheadNumber">The number of the last file that is full.</param>
    /// <param name="all">Whether the latest few go, too.</param>
    public void Retire(long writeAheadNumber, bool all)
    {
        lock (_gate)
        {
            while (_fullFiles >= MaxFullFiles && !_halted)
                Monitor.Wait(_gate);
            _fullFiles++;
        }

        Enqueue(() => RetireNow(all ? writeAheadNumber : writeAheadNumber - KeptFullFiles, writeAheadNumber));
    }

    /// <summary>Stores nothing more; for when something else of the journal has failed.</summary>
    public void Halt()
    {
        lock (_gate)
        {
            _halted = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Does what is left to do unless something failed, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
        foreach (var file in _unsynced.Keys)
            file.Close();
    }

    private void Enqueue(Action work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        try
        {
            while (TryTake(out var work))
                work();
        }
        catch (Exception e)
        {
            _settings.OnFailed(new JournalUnavailableException($"A conversation could not be stored: {e.Message}", e));
        }
    }

    private bool TryTake(out Action work)
    {
        lock (_gate)
        {
            while (true)
            {
                if (!_halted && _work.TryDequeue(out work!))
                    return true;
                if (_stopping || _halted)
                {
                    work = static () => { };
                    return false;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Does for that long what comes, or nothing; not while another write-ahead file is full already, for then there is no time.</summary>
    private void DoOtherWork(TimeSpan period)
    {
        long begun = TimeProvider.System.GetTimestamp(); // the real clock, because a thread really waits here
        while (TryTakeWithin(period - TimeProvider.System.GetElapsedTime(begun), out var work))
            work?.Invoke();
    }

    /// <summary>Waits until there is work or no time left; false if there is no time.</summary>
    private bool TryTakeWithin(TimeSpan rest, out Action? work)
    {
        work = null;
        lock (_gate)
        {
            if (rest <= TimeSpan.Zero || _stopping || _halted || _fullFiles > 1)
                return false;
            if (!_work.TryDequeue(out work))
                Monitor.Wait(_gate, rest);
            return true;
        }
    }

    private void StoreNow(FileTurn turn)
    {
        long through = turn.BeginStore();
        _settings.BeforeStore();
        StoreDurable(turn, through);
    }

    private void StoreDurable(FileTurn turn, long through)
    {
        NoteUnsynced(turn.File, bytes: 0);
        _unsettled.Add(turn);
        try
        {
            NoteUnsynced(turn.File, turn.Store(through));
        }
        catch (JournalDamagedException)
        {
            // One conversation must not keep all others from being stored.
            turn.Divert(_settings.Rescue(turn));
            NoteUnsynced(turn.File, turn.Store(through));
            SyncAll(); // the turn is in two files now, and must not be settled with one of them
        }

        while (_unsyncedBytes >= MaxUnsyncedBytes || _unsynced.Count >= MaxUnsyncedFiles)
            Sync(FilesInPart);
    }

    private void RetireNow(long due, long full)
    {
        for (int i = 0; i < MaxParts && _unsynced.Count > FilesInPart; i++)
        {
            Sync(FilesInPart);
            DoOtherWork(Pause);
        }

        var held = _settings.Running().Where(turn => turn.OldestFile <= due).ToList();
        foreach (var part in held.Chunk(Math.Max(TurnsInPart, (int)Math.Ceiling((double)held.Count / MaxParts))))
        {
            var turns = part.Where(turn => turn.OldestFile <= due).Select(static turn => (turn, turn.BeginStore())).ToList(); // some were stored meanwhile
            _settings.BeforeStore();
            foreach (var (turn, through) in turns)
                StoreDurable(turn, through);
            SyncAll();
            DoOtherWork(Pause);
        }

        SyncAll();
        long oldest = _settings.Running().Select(static turn => turn.OldestFile).DefaultIfEmpty(long.MaxValue).Min();
        long last = Math.Min(full, oldest - 1);
        foreach (string path in _disk.List(_folder, WriteAheadFile.Ending).OrderBy(WriteAheadFile.NumberOf))
        {
            if (!(WriteAheadFile.NumberOf(path) <= last))
                continue;
            _disk.Delete(path);
            _disk.SyncFolder(_folder); // each, so that a power cut leaves the last ones and never a gap
        }

        lock (_gate)
        {
            _fullFiles--;
            Monitor.PulseAll(_gate);
        }
    }

    private void NoteUnsynced(ConversationFile file, long bytes)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_unsynced, file, out _) += bytes;
        _unsyncedBytes += bytes;
    }

    private void SyncAll() => Sync(_unsynced.Count);

    /// <summary>Syncs some of the files, and settles the turns that are stored in them.</summary>
    private void Sync(int most)
    {
        var synced = _unsynced.Keys.Take(most).ToHashSet();
        var folders = new HashSet<string>();
        foreach (var file in synced)
        {
            if (file.Sync() is { } folder)
                folders.Add(folder);
        }

        foreach (string folder in folders)
            _disk.SyncFolder(folder);
        foreach (var file in synced)
        {
            _unsynced.Remove(file, out long bytes);
            _unsyncedBytes -= bytes;
        }

        int keep = LeastHotBytes + (SharedHotBytes / Math.Max(1, _settings.HotTurns()));
        foreach (var turn in _unsettled.Where(turn => synced.Contains(turn.File)).ToList())
        {
            _unsettled.Remove(turn);
            if (turn.Settle(keep, LeastHotBytes))
                _settings.OnSettled(turn);
        }
    }
}

/// <summary>What the checkpointer needs of the journal around it.</summary>
/// <param name="Running">The turns that have not ended or are not stored yet.</param>
/// <param name="HotTurns">How many those are.</param>
/// <param name="BeforeStore">Makes sure that everything committed before the call is durable, so that no conversation is ever ahead of the write-ahead file.</param>
/// <param name="Rescue">The file that takes a turn whose conversation is damaged.</param>
/// <param name="OnSettled">A turn has ended and all of it is durable in its conversation's file.</param>
/// <param name="OnFailed">A file could not be written.</param>
internal sealed record CheckpointerSettings(
    Func<IEnumerable<FileTurn>> Running,
    Func<int> HotTurns,
    Action BeforeStore,
    Func<FileTurn, ConversationFile> Rescue,
    Action<FileTurn> OnSettled,
    Action<JournalUnavailableException> OnFailed);
