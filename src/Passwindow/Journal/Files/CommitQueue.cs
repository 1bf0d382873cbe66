namespace Passwindow.Journal.Files;

/// <summary>
/// What waits for the next commit, and when that is due. After a pause it is due at once, and so is one that somebody waits for. Else the next one
/// begins a little after the last one began and not as soon as it can, so that more gathers.
/// </summary>
/// <param name="spacing">How far apart two commits begin at least, while something waits.</param>
internal sealed class CommitQueue(TimeSpan spacing) : ICommitQueue
{
    /// <summary>How many spacings what was left for another commit waits for one.</summary>
    private const int Patience = 2;

    [ThreadStatic]
    private static CommitQueue? t_row;

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(initialState: false); // never disposed: the other thread's failure may come after our end
    private Queue<ICommitting> _waiting = new();
    private long _leftAt; // 0: nothing was
    private bool _isIdle;
    private bool _isHurried;
    private bool _isAsked;
    private bool _stopping;
    private bool _halted;

    public bool IsHalted
    {
        get
        {
            lock (_gate)
                return _halted;
        }
    }

    public bool IsInRow => t_row == this;

    public void Enqueue(ICommitting each)
    {
        lock (_gate)
        {
            _waiting.Enqueue(each);
            if (!_isIdle || IsInRow)
                return; // the loop comes by itself, or is woken at the row's end
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
            if (IsInRow)
                return;
        }

        _wake.Set();
    }

    /// <summary>What this thread enqueues from now on goes into one commit: nobody is woken for it before the row's end.</summary>
    public void BeginRow() => t_row = this;

    /// <summary>Ends this thread's row: the loop is woken if something still waits for it.</summary>
    public void EndRow()
    {
        t_row = null;
        lock (_gate)
        {
            if (_waiting.Count == 0 || !(_isIdle || _isHurried))
                return;
            _isIdle = false;
        }

        _wake.Set();
    }

    /// <summary>Ends this thread's row and leaves it to who commits next; not if somebody waits for it. If nobody commits it is due <see cref="Patience"/> spacings later.</summary>
    public bool TryLeaveRow()
    {
        lock (_gate)
        {
            if (_isHurried)
                return false;
            t_row = null;
            if (_waiting.Count == 0 || !_isIdle)
                return true; // the loop comes by itself
            _isIdle = false;
            _leftAt = TimeProvider.System.GetTimestamp();
        }

        _wake.Set();
        return true;
    }

    /// <summary>Has <see cref="WaitUntilDue"/> return once, though nothing may wait: there is something else to do.</summary>
    public void Ask()
    {
        lock (_gate)
            _isAsked = true;
        _wake.Set();
    }

    /// <summary>What waits is still given out, at once, and then no more.</summary>
    public void Stop()
    {
        lock (_gate)
            _stopping = true;
        _wake.Set();
    }

    /// <summary>Gives out nothing more, whatever waits.</summary>
    public void Halt()
    {
        lock (_gate)
            _halted = true;
        _wake.Set();
    }

    /// <summary>Waits until a commit is due, or something else is asked for; false once nothing more will be.</summary>
    /// <param name="begunAt">When the last commit began.</param>
    public bool WaitUntilDue(long begunAt)
    {
        while (true)
        {
            int milliseconds = Timeout.Infinite;
            lock (_gate)
            {
                if (_halted)
                    return false;
                if (_waiting.Count == 0 ? _isAsked : _stopping || _isHurried || IsDue(begunAt, out milliseconds))
                {
                    _isAsked = false;
                    return true;
                }

                if (_stopping)
                    return false;
                _isIdle = _waiting.Count == 0;
            }

            _wake.WaitOne(milliseconds);
        }
    }

    /// <summary>Exchanges an empty queue for what waits; false if nothing does.</summary>
    public bool TryTake(ref Queue<ICommitting> empty)
    {
        lock (_gate)
        {
            if (_halted || _waiting.Count == 0)
                return false;
            _isHurried = false;
            _leftAt = 0;
            (empty, _waiting) = (_waiting, empty);
            return true;
        }
    }

    // The real clock, because a thread really waits here.
    private bool IsDue(long begunAt, out int milliseconds)
    {
        var rest = _leftAt == 0 ? spacing - TimeProvider.System.GetElapsedTime(begunAt) : (Patience * spacing) - TimeProvider.System.GetElapsedTime(_leftAt);
        milliseconds = (int)Math.Ceiling(rest.TotalMilliseconds);
        return rest <= TimeSpan.Zero;
    }
}
