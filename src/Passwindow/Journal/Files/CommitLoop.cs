namespace Passwindow.Journal.Files;

/// <summary>
/// The group commit: what gathered from all turns is written at once, synced once, and then shown. Nothing is shown before (contract, promise 1). Whoever
/// appended a row commits it, as long as commits are fast; what else there is, and all where the disk is slow, is
/// committed by a thread of its own. Viewers are woken by who committed, while others commit already. The first write or sync that fails is the last.
/// </summary>
internal sealed class CommitLoop : ICommitQueue, IDisposable
{
    /// <summary>How long a thread waits for the commit of another, to commit then itself what came meanwhile: a fast one is over by then, and nobody need be woken.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);

    /// <summary>Commits follow each other if the last began less than so many spacings ago: those that end the rounds of upstreams' tokens are one and a half apart.</summary>
    private const int FollowWithin = 4;

    private readonly CommitLoopSettings _settings;
    private readonly CommitQueue _queue;
    private readonly Lock _committing = new();
    private readonly Committer _committer; // what is said to be for who holds the lock is under that one
    private readonly Thread _thread;
    private Queue<ICommitting> _gathered = new(); // under it, too
    private bool _retiresAll;
    private volatile bool _rollDue;

    public CommitLoop(IDisk disk, string folder, long firstNumber, CommitLoopSettings settings)
    {
        _settings = settings;
        _queue = new(settings.Spacing);
        _committer = new(disk, folder, firstNumber, settings);
        _thread = new Thread(Run) { Name = "passwindow commit", IsBackground = true };
    }

    /// <inheritdoc cref="Committer.LastFileNumber"/>
    public long LastFileNumber => _committer.LastFileNumber;

    /// <inheritdoc cref="Committer.BatchUnderWay"/>
    public long BatchUnderWay => _committer.BatchUnderWay;

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

    /// <inheritdoc cref="IAppendsInRows.LeaveRow"/>
    public void LeaveRow()
    {
        if (!CommitsFollowEachOther || !_queue.TryLeaveRow())
            EndRow();
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

    /// <inheritdoc cref="Committer.SyncWritten"/>
    public void SyncWritten() => _committer.SyncWritten();

    /// <summary>Commits what waits unless something failed, and ends the thread.</summary>
    public void Dispose()
    {
        _queue.Stop();
        _thread.Join();
        bool hasFailed = _queue.IsHalted;
        _queue.Halt();
        lock (_committing)
        {
            // What is stored after this must be durable here, too, and nobody can sync a file that is closed.
            if (_settings.Durability == Durability.Os && !hasFailed)
                TrySync();
            _committer.Dispose();
        }
    }

    // The real clock, as the queue's. Never where nothing is synced: there a commit of one's own costs little.
    private bool CommitsFollowEachOther => _committer.BegunAt is not 0 and var begun && TimeProvider.System.GetElapsedTime(begun) < FollowWithin * _settings.Spacing;

    private void TrySync()
    {
        try
        {
            _committer.SyncWritten();
        }
        catch (Exception e)
        {
            _settings.OnFailed(new JournalUnavailableException($"The write-ahead file {_committer.FilePath} could not be synced: {e.Message}", e));
        }
    }

    private void Run()
    {
        try
        {
            while (_queue.WaitUntilDue(_committer.BegunAt))
            {
                var wakeUps = WakeUps.OfThisThread;
                lock (_committing)
                    CommitWaiting(wakeUps);
                wakeUps.Run();
                if (_rollDue || _committer.IsFull)
                    Roll();
                else if (_committer.IsNextDue)
                    _committer.BeginToMakeNextFile();
                else if (_committer.IsMuchUnsynced)
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
        _settings.OnFailed(new JournalUnavailableException($"The write-ahead file {_committer.FilePath} could not be written: {e.Message}", e));

    private void CommitHereIfFast()
    {
        var wakeUps = WakeUps.OfThisThread;

        // Who is woken by a commit may append and wait for the next one, which is not made within this one: it could wake the next, and so on.
        if (!_committer.IsFast || wakeUps.AreUnderWay || !_committing.TryEnter(Patience))
            return;
        try
        {
            CommitWaiting(wakeUps);
            if (_committer.IsFull || _committer.IsNextDue || _committer.IsMuchUnsynced)
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
                _committer.Commit(_gathered, wakeUps);
        }
        catch (Exception e)
        {
            Fail(e); // still under the lock, so that no other thread commits what would follow a gap
        }
    }

    private void Roll()
    {
        _rollDue = false;
        if (_settings.Durability == Durability.Os)
            SyncWritten(); // while commits go on: those that wait below then wait for what came meanwhile, and not for a whole file
        lock (_committing)
        {
            if (_committer.HasFailed)
                return; // on a thread that committed a row, just now
            try
            {
                long full = _committer.BeginNextFile();
                _settings.OnRolled(full, Interlocked.Exchange(ref _retiresAll, false));
            }
            catch (Exception e)
            {
                Fail(e); // under the lock, as above
            }
        }
    }
}

/// <summary>What the commit loop needs of the journal around it.</summary>
/// <param name="Durability">Whether to sync.</param>
/// <param name="Spacing">How far apart two commits begin at least, while something waits.</param>
/// <param name="Clock">What tells how long a commit took.</param>
/// <param name="MaxFileBytes">The size at which the next file begins.</param>
/// <param name="Running">The turns that have not ended or are not stored yet, in any order.</param>
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
