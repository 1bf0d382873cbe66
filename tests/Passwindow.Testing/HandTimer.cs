namespace Passwindow.Testing;

/// <summary>A timer of <see cref="HandTime"/>, whose lock guards its fields.</summary>
internal sealed class HandTimer(HandTime time, TimerCallback callback, object? state) : ITimer
{
    // As a real timer does: what it calls sees the AsyncLocals of whoever made it.
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    public long Due { get; set; }

    public long Period { get; set; }

    public long Order { get; set; }

    public bool Disposed { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, Timeout.InfiniteTimeSpan);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, Timeout.InfiniteTimeSpan);
        return time.Arm(this, dueTime, period);
    }

    public void Fire()
    {
        if (_context is null)
            callback(state);
        else
            ExecutionContext.Run(_context, _ => callback(state), null);
    }

    public void Dispose() => time.Disarm(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
