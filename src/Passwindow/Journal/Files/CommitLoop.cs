namespace Passwindow.Journal.Files;

/// <summary>
/// The group commit: what gathered from all turns is written at once, synced once, and then shown. Nothing is shown before (contract, promise 1). Whoever
/// appended a row commits it, as long as commits are fast; what else there is, and all where the disk is slow, is
/// committed by a thread of its own. Viewers are woken by who committed, while others commit already. The first write or sync that fails is the last.
/// </summary>
internal sealed class CommitLoop : ICommitQueue, IDisposable
{
    /// <summary>Once a batch is this large, the rest goes into the next one.</summary>
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>So much is written before the disk is given it where no sync is waited for: a full file at once would be in everybody's way.</summary>
    private const int MaxUnsyncedBytes = 4 * 1024 * 1024;

    /// <summary>A disk that takes longer for a commit is not waited for by who reads from upstreams: in that time it can read on.</summary>
    private static readonly TimeSpan SlowCommit = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a thread waits for the commit of another, to commit then itself what came meanwhile: a fast one is over by then, and nobody need be woken.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly CommitLoopSettings _settings;
    private readonly CommitQueue _queue;
    private readonly Lock _committing = new(); // what follows belongs to whoever commits
    private readonly Lock _rolling = new();
    private readonly List<(ICommitting Each, long Seq)> _batch = [];
    private readonly LineBuffer _lines = new();
    private readonly Thread _thread;
    private Queue<ICommitting> _gathered = new();
    private WriteAheadFile _file;
    private long _batchNumber;
    private long _batchUnderWay;
    private long _begunAt;
    private bool _isClosed;
    private bool _retiresAll;
    private volatile bool _rollDue;
    private long _syncedLength; // of the file, where what is shown need not be synced
    private volatile bool _isFast; // whether the last commit was; where there are syncs the first shows it

    public CommitLoop(IDisk disk, string folder, long firstNumber, CommitLoopSettings settings)
    {
        _disk = disk;
        _folder = folder;
        _settings = settings;
        _queue = new(settings.Spacing);
        _isFast = settings.Durability == Durability.Os;
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

    public void Enqueue(ICommitting each) => _queue.Enqueue(each);

    public void Hurry() => _queue.Hurry();

    /// <inheritdoc cref="IAppendsInRows.BeginRow"/>
    public void BeginRow() => _queue.BeginRow();

    /// <inheritdoc cref="IAppendsInRows.EndRow"/>
    public void EndRow()
    {
        CommitHereIfFast();
        _queue.EndRow();
    }

    /// <summary>Commits nothing more, whatever waits; for when something else of the journal has failed.</summary>
    public void Halt() => _queue.Halt();

    /// <summary>Begins the next write-ahead file soon, so that all before it go, with what was deleted since they began.</summary>
    public void RetireSoon()
    {
        _retiresAll = true;
        _rollDue = true;
        _queue.Ask();
    }

    /// <summary>Makes durable what was written so far, where that is not done before it is shown (<see cref="Durability.Os"/>).</summary>
    public void SyncWritten()
    {
        lock (_rolling)
        {
            if (_isClosed)
                return;
            Volatile.Write(ref _syncedLength, _file.Length);
            _file.Sync();
        }
    }

    /// <summary>Commits what waits unless something failed, and ends the thread.</summary>
    public void Dispose()
    {
        _queue.Stop();
        _thread.Join();
        bool hasFailed = _queue.IsHalted;
        _queue.Halt();
        lock (_committing)
        lock (_rolling)
        {
            // What is stored after this must be durable here, too, and nobody can sync a file that is closed.
            if (_settings.Durability == Durability.Os && !hasFailed)
                TrySync();
            _isClosed = true;
            _file.Dispose();
            _lines.Dispose();
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
            while (_queue.WaitUntilDue(Volatile.Read(ref _begunAt)))
            {
                var wakeUps = WakeUps.OfThisThread;
                lock (_committing)
                    CommitWaiting(wakeUps);
                wakeUps.Run();
                if (_rollDue || _file.Length > _settings.MaxFileBytes)
                    Roll();
                else if (IsMuchUnsynced)
                    SyncWritten();
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    // Whatever it was: an EFBIG, for one, comes as an ArgumentOutOfRangeException.
    private void Fail(Exception e) =>
        _settings.OnFailed(new JournalUnavailableException($"The write-ahead file {_file.FilePath} could not be written: {e.Message}", e));

    private void CommitHereIfFast()
    {
        var wakeUps = WakeUps.OfThisThread;

        // Who is woken by a commit may append and wait for the next one, which is not made within this one: it could wake the next, and so on.
        if (!_isFast || wakeUps.AreUnderWay || !_committing.TryEnter(Patience))
            return;
        try
        {
            CommitWaiting(wakeUps);
            if (_file.Length > _settings.MaxFileBytes || IsMuchUnsynced)
                _queue.Ask(); // the thread, for that takes syncs
        }
        finally
        {
            _committing.Exit();
        }

        wakeUps.Run();
    }

    private void CommitWaiting(WakeUps wakeUps)
    {
        if (!_queue.TryTake(ref _gathered))
            return;
        try
        {
            while (_gathered.Count > 0)
                Commit(wakeUps);
        }
        catch (Exception e)
        {
            Fail(e); // still under the lock, so that no other thread commits what would follow a gap
        }
    }

    private void Commit(WakeUps wakeUps)
    {
        Volatile.Write(ref _begunAt, TimeProvider.System.GetTimestamp());
        _batch.Clear();
        _lines.Clear();
        _batchNumber++;
        uint crc = _file.Crc;
        while (_lines.Length < MaxBatchBytes && _gathered.TryDequeue(out var each))
            _batch.Add((each, each.Frame(_lines, _file.Number, _batchNumber, ref crc)));
        crc = JournalLine.WriteCommit(_lines, _batchNumber, crc);
        Volatile.Write(ref _batchUnderWay, _batchNumber);
        long writtenAt = _settings.Clock.GetTimestamp();
        _file.Append(_lines.Written, crc, sync: _settings.Durability == Durability.Fsync);
        _isFast = _settings.Clock.GetElapsedTime(writtenAt) < SlowCommit;
        Volatile.Write(ref _batchUnderWay, 0);

        foreach (var (each, seq) in _batch)
        {
            var turn = each as FileTurn;
            if (turn is not null)
                _settings.OnDurable(turn); // before anybody is told: who asks for the list upon an event finds what the event says
            each.Publish(seq, wakeUps);
            if (turn is not null)
                _settings.OnPublished(turn);
        }
    }

    private bool IsMuchUnsynced => _settings.Durability == Durability.Os && _file.Length - Volatile.Read(ref _syncedLength) > MaxUnsyncedBytes;

    private void Roll()
    {
        _rollDue = false;
        if (_settings.Durability == Durability.Os)
            SyncWritten(); // while commits go on: those that wait below then wait for what came meanwhile, and not for a whole file
        lock (_committing)
        {
            if (_file.HasFailed)
                return; // on a thread that committed a row, just now
            try
            {
                long full = BeginNext();
                _settings.OnRolled(full, Interlocked.Exchange(ref _retiresAll, false));
            }
            catch (Exception e)
            {
                Fail(e); // under the lock, as above
            }
        }
    }

    /// <summary>Begins the next file, and gives the full one's number. It says which turns go on, so that recovery needs no file before it once those are stored.</summary>
    private long BeginNext()
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
            (_file, _syncedLength) = (next, 0);
        full.Dispose();
        return full.Number;
    }
}

/// <summary>What the commit loop needs of the journal around it.</summary>
/// <param name="Durability">Whether to sync.</param>
/// <param name="Spacing">How far apart two commits begin at least, while something waits.</param>
/// <param name="Clock">What tells how long a commit took.</param>
/// <param name="MaxFileBytes">The size at which the next file begins.</param>
/// <param name="Running">The turns that have not ended or are not stored yet.</param>
/// <param name="OnDurable">What was framed of a turn is durable; its line is about to move.</param>
/// <param name="OnPublished">A turn's line has moved.</param>
/// <param name="OnRolled">The file of that number is full and whole, and whether all files so far are to go at once.</param>
/// <param name="OnFailed">Nothing will be committed any more.</param>
internal sealed record CommitLoopSettings(
    Durability Durability,
    TimeSpan Spacing,
    TimeProvider Clock,
    long MaxFileBytes,
    Func<IEnumerable<FileTurn>> Running,
    Action<FileTurn> OnDurable,
    Action<FileTurn> OnPublished,
    Action<long, bool> OnRolled,
    Action<JournalUnavailableException> OnFailed);
