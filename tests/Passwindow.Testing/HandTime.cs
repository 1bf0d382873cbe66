namespace Passwindow.Testing;

/// <summary>
/// A clock that moves only when a test moves it. Timers fire in the order of their times, on the thread that advances, before
/// <see cref="Advance"/> returns; what awaits them may run on after that, so await what it leads to.
/// </summary>
/// <remarks>Safe for any number of threads. A callback may start, change and stop timers, and may advance further.</remarks>
public sealed class HandTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<HandTimer> _timers = [];
    private readonly List<(TimeSpan DueIn, TaskCompletionSource Seen)> _watchers = [];
    private DateTimeOffset _wallStart;
    private long _now;
    private long _target;
    private long _order;

    /// <summary>Makes a clock that starts at <paramref name="start"/>; by default at 2026-01-01T00:00:00Z.</summary>
    public HandTime(DateTimeOffset? start = null) => _wallStart = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How many timers are armed.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _wallStart.AddTicks(_now);
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
            return _now;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves both clocks on and fires what falls due, each timer at its own time.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_lock)
            _target += by.Ticks;
        while (TakeNext() is { } timer)
            timer.Fire();
    }

    /// <summary>Sets the wall clock forward or back, as an operator or NTP does; timers and timestamps do not notice.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_lock)
            _wallStart += by;
    }

    /// <summary>Completes once a timer is armed that falls due exactly <paramref name="dueIn"/> from now: what a test awaits before it advances.</summary>
    public Task TimerDueInAsync(TimeSpan dueIn)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_timers.Exists(timer => timer.Due == _now + dueIn.Ticks))
                seen.SetResult();
            else
                _watchers.Add((dueIn, seen));
        }

        return seen.Task;
    }

    internal bool Arm(HandTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.Disposed)
                return false;
            _timers.Remove(timer);
            timer.Period = period > TimeSpan.Zero ? period.Ticks : 0;
            if (dueTime < TimeSpan.Zero)
                return true;
            Insert(timer, _now + dueTime.Ticks);
        }

        // A real timer that is due at once fires from the pool, without anyone moving a clock.
        if (dueTime == TimeSpan.Zero)
            ThreadPool.QueueUserWorkItem(static time => time.Advance(TimeSpan.Zero), this, preferLocal: false);
        return true;
    }

    internal void Disarm(HandTimer timer)
    {
        lock (_lock)
        {
            timer.Disposed = true;
            _timers.Remove(timer);
        }
    }

    private HandTimer? TakeNext()
    {
        lock (_lock)
        {
            HandTimer? next = null;
            foreach (var timer in _timers)
            {
                if (timer.Due <= _target && (next is null || (timer.Due, timer.Order).CompareTo((next.Due, next.Order)) < 0))
                    next = timer;
            }

            if (next is null)
            {
                MoveTo(_target);
                return null;
            }

            MoveTo(next.Due);
            _timers.Remove(next);
            if (next.Period > 0)
                Insert(next, next.Due + next.Period);
            return next;
        }
    }

    private void MoveTo(long now)
    {
        _now = Math.Max(_now, now);
        TellWatchers();
    }

    private void Insert(HandTimer timer, long due)
    {
        timer.Due = due;
        timer.Order = _order++;
        _timers.Add(timer);
        TellWatchers();
    }

    private void TellWatchers()
    {
        for (int i = _watchers.Count - 1; i >= 0; i--)
        {
            if (!_timers.Exists(timer => timer.Due == _now + _watchers[i].DueIn.Ticks))
                continue;
            _watchers[i].Seen.SetResult();
            _watchers.RemoveAt(i);
        }
    }
}
