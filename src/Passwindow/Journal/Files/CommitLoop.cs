namespace Passwindow.Journal.Files;

/// <summary>
/// The group commit, on a thread of its own: what gathered from all turns while the last sync was under way is written at once,
/// synced once, and then shown. Nothing is shown before (contract, promise 1). The first write or sync that fails is the last.
/// </summary>
/// <remarks>
/// A commit after a pause begins at once, and so does one that somebody waits for: a turn's first event, its first token, a tool's call. Under load the next one begins a little after the last one began and not as soon as it can, so
/// that more gathers: syncs per second then have a ceiling, however many turns run.
/// </remarks>
internal sealed class CommitLoop : ICommitQueue, IDisposable
{
    /// <summary>Once a batch is this large, the rest waits for the next one.</summary>
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly CommitLoopSettings _settings;
    private readonly Lock _rolling = new();
    private readonly List<(ICommitting Each, long Seq)> _batch = [];
    private readonly LineBuffer _lines = new();
    private readonly WakeUps _wakeUps = new();
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(initialState: false); // never disposed: the other thread's failure may come after our end
    private Queue<ICommitting> _waiting = new();  // filled under the gate by whoever appends
    private Queue<ICommitting> _gathered = new(); // emptied by this thread alone
    private WriteAheadFile _file;
    private long _batchNumber;
    private long _batchUnderWay;
    private long _begunAt;
    private bool _isIdle;
    private bool _isHurried;
    private bool _stopping;
    private bool _rollDue;
    private bool _halted;
    private bool _isClosed;

    public CommitLoop(IDisk disk, string folder, long firstNumber, CommitLoopSettings settings)
    {
        _disk = disk;
        _folder = folder;
        _settings = settings;
        _file = WriteAheadFile.Create(disk, folder, firstNumber, settings.Durability);
        _thread = new Thread(Run) { Name = "passwindow commit", IsBackground = true };
    }

    /// <summary>The number of the write-ahead file that takes appends. Stands still once this is disposed.</summary>
    public long FileNumber
    {
        get
        {
            lock (_rolling)
                return _file.Number;
        }
    }

    /// <summary>The number of the batch that is being written and synced; 0 if none is.</summary>
    public long BatchUnderWay => Volatile.Read(ref _batchUnderWay);

    public void Start() => _thread.Start();

    public void Enqueue(ICommitting each)
    {
        lock (_gate)
        {
            _waiting.Enqueue(each);
            if (!_isIdle)
                return; // the loop comes by itself
            _isIdle = false;
        }

        _wake.Set();
    }

    public void Hurry()
    {
        lock (_gate)
        {
            if (_isHurried || _waiting.Count == 0)
                return;
            _isHurried = true;
        }

        _wake.Set();
    }

    /// <summary>Commits nothing more, whatever waits; for when something else of the journal has failed.</summary>
    public void Halt()
    {
        lock (_gate)
            _halted = true;
        _wake.Set();
    }

    /// <summary>Begins the next write-ahead file soon, so that this one goes, with what was deleted since it began.</summary>
    public void RollSoon()
    {
        lock (_gate)
            _rollDue = true;
        _wake.Set();
    }

    /// <summary>Makes durable what was written so far, where that is not done before it is shown (<see cref="Durability.Os"/>).</summary>
    public void SyncWritten()
    {
        lock (_rolling)
        {
            if (!_isClosed)
                _file.Sync();
        }
    }

    /// <summary>Commits what waits unless something failed, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
            _stopping = true;
        _wake.Set();
        _thread.Join();
        lock (_rolling)
        {
            // What is stored after this must be durable here, too, and nobody can sync a file that is closed.
            if (_settings.Durability == Durability.Os && !_halted)
                TrySync();
            _isClosed = true;
            _file.Dispose();
        }
    }

    private void TrySync()
    {
        try
        {
            _file.Sync();
        }
        catch (Exception e)
        {
            _settings.OnFailed(new JournalUnavailableException($"The write-ahead file {_file.FilePath} could not be synced: {e.Message}", e));
        }
    }

    private void Run()
    {
        try
        {
            while (Gather())
                Commit();
        }
        catch (Exception e)
        {
            // Whatever it was: an EFBIG, for one, comes as an ArgumentOutOfRangeException.
            _settings.OnFailed(new JournalUnavailableException($"The write-ahead file {_file.FilePath} could not be written: {e.Message}", e));
        }
    }

    private bool Gather()
    {
        while (true)
        {
            int milliseconds = Timeout.Infinite;
            lock (_gate)
            {
                if (_halted)
                    return false;
                if (_gathered.Count > 0 || (_rollDue && _waiting.Count == 0))
                    return true;
                if (_waiting.Count == 0)
                {
                    if (_stopping)
                        return false;
                    _isIdle = true;
                }
                else if (_stopping || _isHurried || IsDue(out milliseconds))
                {
                    _isHurried = false;
                    (_gathered, _waiting) = (_waiting, _gathered);
                    return true;
                }
            }

            _wake.WaitOne(milliseconds);
        }
    }

    // The real clock, because a thread really waits here.
    private bool IsDue(out int milliseconds)
    {
        var rest = _settings.Spacing - TimeProvider.System.GetElapsedTime(_begunAt);
        milliseconds = (int)Math.Ceiling(rest.TotalMilliseconds);
        return rest <= TimeSpan.Zero;
    }

    private void Commit()
    {
        _begunAt = TimeProvider.System.GetTimestamp();
        _batch.Clear();
        _lines.Clear();
        _batchNumber++;
        uint crc = _file.Crc;
        while (_lines.Length < MaxBatchBytes && _gathered.TryDequeue(out var each))
            _batch.Add((each, each.Frame(_lines, _batchNumber, ref crc)));
        crc = JournalLine.WriteCommit(_lines, _batchNumber, crc);
        Volatile.Write(ref _batchUnderWay, _batchNumber);
        _file.Append(_lines.Written, crc, sync: _settings.Durability == Durability.Fsync);
        Volatile.Write(ref _batchUnderWay, 0);

        foreach (var (each, seq) in _batch)
        {
            var turn = each as FileTurn;
            if (turn is not null)
                _settings.OnDurable(turn); // before anybody is told: who asks for the list upon an event finds what the event says
            each.Publish(seq, _wakeUps);
            if (turn is not null)
                _settings.OnPublished(turn);
        }

        _wakeUps.Run();
        if (TakeRollDue() || _file.Length > _settings.MaxFileBytes)
            Roll();
    }

    private bool TakeRollDue()
    {
        lock (_gate)
        {
            (bool isDue, _rollDue) = (_rollDue, false);
            return isDue;
        }
    }

    /// <summary>Begins the next file. It says which turns go on, so that recovery needs no file before it once those are stored.</summary>
    private void Roll()
    {
        if (_settings.Durability == Durability.Os)
            _file.Sync(); // a file that is not the last must be whole whatever happens
        var next = WriteAheadFile.Create(_disk, _folder, _file.Number + 1, _settings.Durability);
        try
        {
            _lines.Clear();
            _batchNumber++;
            uint crc = next.Crc;
            foreach (var turn in _settings.Running())
                crc = turn.FrameRuns(_lines, _batchNumber, crc);
            crc = JournalLine.WriteCommit(_lines, _batchNumber, crc);
            next.Append(_lines.Written, crc, sync: true);
        }
        catch
        {
            next.Dispose();
            throw;
        }

        var full = _file;
        lock (_rolling)
            _file = next;
        full.Dispose();
        _settings.OnRolled(full.Number);
    }
}

/// <summary>What the commit loop needs of the journal around it.</summary>
/// <param name="Durability">Whether to sync.</param>
/// <param name="Spacing">How far apart two commits begin at least, while something waits.</param>
/// <param name="MaxFileBytes">The size at which the next file begins.</param>
/// <param name="Running">The turns that have not ended or are not stored yet.</param>
/// <param name="OnDurable">What was framed of a turn is durable; its line is about to move.</param>
/// <param name="OnPublished">A turn's line has moved.</param>
/// <param name="OnRolled">The file of that number is full and whole.</param>
/// <param name="OnFailed">Nothing will be committed any more.</param>
internal sealed record CommitLoopSettings(
    Durability Durability,
    TimeSpan Spacing,
    long MaxFileBytes,
    Func<IEnumerable<FileTurn>> Running,
    Action<FileTurn> OnDurable,
    Action<FileTurn> OnPublished,
    Action<long> OnRolled,
    Action<JournalUnavailableException> OnFailed);
