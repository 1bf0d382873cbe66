namespace Passwindow.Journal.Files;

/// <summary>
/// Moves committed events from memory to their conversations' files, on a thread of its own: a turn's when it has ended or grown large,
/// all of them when a write-ahead file is full, which is deleted once everything in it is synced elsewhere.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    /// <summary>How many bytes of a running turn stay in memory at most once they are stored.</summary>
    public const int HotBytesPerTurn = 256 * 1024;

    /// <summary>How many conversation files may be open and not synced at once.</summary>
    private const int MaxUnsynced = 256;

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly CheckpointerSettings _settings;
    private readonly Queue<Action> _work = new();
    private readonly List<ConversationFile> _unsynced = [];
    private readonly Thread _thread;
    private bool _stopping;

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

    /// <summary>Stores everything, then deletes the write-ahead files up to and including that number.</summary>
    public void Retire(long writeAheadNumber) => Enqueue(() => RetireNow(writeAheadNumber));

    /// <summary>Does what is left to do, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _stopping = true;
            Monitor.Pulse(_work);
        }

        _thread.Join();
    }

    private void Enqueue(Action work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
            Monitor.Pulse(_work);
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
        lock (_work)
        {
            while (_work.Count == 0)
            {
                if (_stopping)
                {
                    work = static () => { };
                    return false;
                }

                Monitor.Wait(_work);
            }

            work = _work.Dequeue();
            return true;
        }
    }

    private void StoreNow(FileTurn turn)
    {
        turn.Store();
        turn.Trim(HotBytesPerTurn);
        if (!_unsynced.Contains(turn.File))
            _unsynced.Add(turn.File);
        if (turn.IsStored)
            _settings.OnStored(turn);
        if (_unsynced.Count >= MaxUnsynced)
            SyncAll();
    }

    private void RetireNow(long number)
    {
        foreach (var turn in _settings.Running())
            StoreNow(turn);
        SyncAll();
        foreach (string path in _disk.List(_folder, WriteAheadFile.Ending))
        {
            if (WriteAheadFile.NumberOf(path) <= number)
                _disk.Delete(path);
        }

        _disk.SyncFolder(_folder);
    }

    private void SyncAll()
    {
        foreach (var file in _unsynced)
            file.Sync();
        _unsynced.Clear();
    }
}

/// <summary>What the checkpointer needs of the journal around it.</summary>
/// <param name="Running">The turns that have not ended or are not stored yet.</param>
/// <param name="OnStored">All of a turn is in its conversation's file.</param>
/// <param name="OnFailed">A file could not be written.</param>
internal sealed record CheckpointerSettings(
    Func<IEnumerable<FileTurn>> Running,
    Action<FileTurn> OnStored,
    Action<JournalUnavailableException> OnFailed);
