using Passwindow.Clock;
using Passwindow.Diagnostics;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Turns;

/// <summary>
/// A turn while it runs: who watches it, how long it may go on, and the one place where it is cut short. It decides nothing about what
/// is said: <see cref="TurnLoop"/> does that.
/// </summary>
internal sealed class RunningTurn : IPulsed, ICommitListener
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TurnLimits _limits;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasStarted;
    private int _viewers;
    private int _tokensToNobody;
    private long _unwatchedSince;
    private long? _begunAt;
    private long _silentSince;
    private long _silenceLimit = Timeout.InfiniteTimeSpan.Ticks; // written behind the time it counts from, read before it: without a lock, for every token
    private volatile CancelReason _reason;

    public RunningTurn(TurnOpening opening, ITurnReader reader, TurnLimits limits, TimeProvider time)
    {
        Opening = opening;
        Reader = reader;
        _limits = limits;
        _time = time;
        _startedAt = _unwatchedSince = time.GetTimestamp();
    }

    public TurnOpening Opening { get; }

    public ITurnReader Reader { get; }

    /// <summary>When what happened to its events; null if nobody can look.</summary>
    public TurnTimeline? Timeline { get; init; }

    /// <summary>The calls that wait for a person.</summary>
    public Approvals Approvals { get; } = new();

    /// <summary>Cancelled when the turn is cut short; <see cref="Reason"/> then says why.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    public CancelReason Reason => _reason;

    /// <exception cref="OperationCanceledException">It was cut short.</exception>
    public void ThrowIfCut()
    {
        if (_reason != CancelReason.None)
            throw new OperationCanceledException(Cancellation);
    }

    /// <summary>Completes when the turn's <c>done</c> is committed, or can never be, and its conversation is free for the next one.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Completes when the turn's <c>start</c> is committed, or can never be.</summary>
    public Task Started => _started.Task;

    /// <summary>How it ended, and when its first token came; nothing while it runs.</summary>
    public (FinishReason? Reason, TimeSpan? FirstToken) Outcome { get; set; }

    /// <summary>Whether it waits for people alone. Nobody pays meanwhile, so nobody has to watch.</summary>
    public bool WaitsForPeople => Approvals.AreAllThatIsLeft;

    /// <summary>How many watch it now.</summary>
    public int Viewers
    {
        get
        {
            lock (_gate)
                return _viewers;
        }
    }

    /// <summary>How long it has run.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_startedAt);

    /// <summary>Cuts the turn short: the upstream's connection is closed before this returns. Only the first reason counts.</summary>
    /// <returns>Whether this call did it.</returns>
    public bool Cancel(CancelReason reason)
    {
        lock (_gate)
        {
            if (!Decide(reason))
                return false;
        }

        _cancellation.Cancel();
        return true;
    }

    /// <summary>Nothing is before it in its conversation: its time runs from now on.</summary>
    public void Begin()
    {
        lock (_gate)
            _begunAt ??= _time.GetTimestamp();
    }

    /// <summary>A viewer came; it leaves when the result is disposed.</summary>
    public IDisposable Watch()
    {
        lock (_gate)
        {
            _viewers++;
            _tokensToNobody = 0;
        }

        return new Watching(this);
    }

    /// <summary>A person has answered for calls: the turn goes on, and whoever wants to see that has as long to come as after a leaving.</summary>
    public ApprovalReceipt Answer(IReadOnlyList<Approval> answers)
    {
        lock (_gate)
        {
            var receipt = Approvals.Answer(answers);
            if (receipt == ApprovalReceipt.Taken && _viewers == 0)
                _unwatchedSince = _time.GetTimestamp();
            return receipt;
        }
    }

    /// <summary>
    /// The model said something; the next is due within <see cref="TurnLimits.Token"/>. A token that nobody watches is for nobody, until
    /// somebody comes back and reads it.
    /// </summary>
    public void Hear(bool isToken)
    {
        Volatile.Write(ref _silentSince, _time.GetTimestamp());
        Volatile.Write(ref _silenceLimit, _limits.Token.Ticks);
        if (!isToken || Volatile.Read(ref _viewers) > 0)
            return;
        lock (_gate)
        {
            if (_viewers == 0)
                _tokensToNobody++;
        }
    }

    /// <summary>Nobody owes a token just now.</summary>
    public void ExpectNothing() => Volatile.Write(ref _silenceLimit, Timeout.InfiniteTimeSpan.Ticks);

    /// <summary>How many pieces of the answer were made since the last viewer left.</summary>
    public int TokensToNobody
    {
        get
        {
            lock (_gate)
                return _tokensToNobody;
        }
    }

    public void Complete()
    {
        _started.TrySetResult();
        _completion.TrySetResult();
    }

    public TimeSpan OnPulse()
    {
        bool isDue;
        lock (_gate)
            isDue = Decide(Due());
        if (isDue)
            _cancellation.Cancel();
        return TimeSpan.Zero; // a viewer that leaves or a token that is owed begins another time
    }

    public void OnCommitted()
    {
        Timeline?.Committed(Reader.Committed);
        if (!_hasStarted && Reader.Committed > 0)
        {
            _hasStarted = true;
            _started.TrySetResult();
            Thread.Yield(); // who answers the request was woken, and would on a single core wait for all that this thread still writes, and reads: somebody looks at an empty screen
        }

        // Not on the journal's thread: closing a connection takes its time.
        if (Reader.HasFailed)
            ThreadPool.UnsafeQueueUserWorkItem(static turn => turn.Cancel(CancelReason.JournalFailed), this, preferLocal: false);
    }

    // Both under the lock, with the number of viewers: one that comes at the last moment keeps the turn, or comes too late, never both.
    private bool Decide(CancelReason reason)
    {
        if (reason == CancelReason.None || _reason != CancelReason.None || _completion.Task.IsCompleted)
            return false;
        _reason = reason;
        return true;
    }

    private CancelReason Due()
    {
        if (_viewers == 0 && !WaitsForPeople && IsOver(_limits.Linger, _unwatchedSince))
            return CancelReason.Abandoned;
        if (_begunAt is { } begun && IsOver(_limits.Turn, begun))
            return CancelReason.TurnTimeout;
        var silenceLimit = TimeSpan.FromTicks(Volatile.Read(ref _silenceLimit));
        return IsOver(silenceLimit, Volatile.Read(ref _silentSince)) ? CancelReason.TokenTimeout : CancelReason.None;
    }

    private bool IsOver(TimeSpan limit, long since) => limit != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(since) >= limit;

    private void Leave()
    {
        lock (_gate)
        {
            if (--_viewers > 0)
                return;
            _unwatchedSince = _time.GetTimestamp();
            if (_limits.Linger != TimeSpan.Zero || WaitsForPeople || !Decide(CancelReason.Abandoned))
                return;
        }

        _cancellation.Cancel();
    }

    private sealed class Watching(RunningTurn turn) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                turn.Leave();
        }
    }
}
