using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Passwindow.Clock;
using Passwindow.Diagnostics;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Viewers;

/// <summary>
/// One open response that reads a turn's committed events from a position on. It is a cursor, not a queue: nothing waits in memory for
/// it, so a viewer that cannot keep up delays nobody and reads the rest later, from the conversation's file if need be.
/// </summary>
internal sealed class Viewer : IPulsed, ICommitListener
{
    /// <summary>How many batches that others have had spelled one write takes at most.</summary>
    private const int MaxShared = 64;

    private readonly ITurnReader _turn;
    private readonly Dialect _dialect;
    private readonly ViewerWriter _writer;
    private readonly PipeWriter _output;
    private readonly ViewerSettings _settings;
    private readonly Signal _signal = new();
    private long _lastWrite;
    private long _flushingSince;
    private volatile bool _isFlushing;
    private volatile bool _heartbeatDue;
    private volatile bool _hasLeft;

    public Viewer(ITurnReader turn, Dialect dialect, FrameContext context, PipeWriter output, ViewerSettings settings)
    {
        _turn = turn;
        _dialect = dialect;
        _writer = new ViewerWriter(turn, dialect, context);
        _output = output;
        _settings = settings;
        _lastWrite = settings.Time.GetTimestamp();
    }

    /// <summary>Shows what follows <paramref name="after"/>, then what is committed from now on, until the turn's end or the viewer's.</summary>
    public async Task<ViewerEnd> RunAsync(long after, CancellationToken left)
    {
        using var listening = _turn.Listen(this);
        using var leaving = left.UnsafeRegister(static viewer => ((Viewer)viewer!).Leave(), this);
        using var closing = _settings.Closing.UnsafeRegister(static viewer => ((Viewer)viewer!)._signal.Set(), this);
        using var pulsing = _settings.Pulse.Add(this);
        try
        {
            _writer.Share(_settings.Spellings);
            if (after > 0 && _dialect.KeepsState)
                await JoinAsync(after, left);
            var end = await Flow.Without(() => FollowAsync(after, left));
            await Task.Yield(); // what else becomes of the request is no business of the thread that committed the last event
            return end;
        }
        catch (OperationCanceledException) when (left.IsCancellationRequested)
        {
            return ViewerEnd.Left;
        }
        catch (ConversationGoneException)
        {
            _writer.Any.WriteNotice(new ViewerNotice(ErrorCode.Gap, "The conversation was deleted.", Retryable: false, EndsTurn: true), _output);
            await FlushAsync();
            return ViewerEnd.Deleted;
        }
        catch (JournalDamagedException)
        {
            // Promise 2: what cannot be given whole is told, never left out.
            _writer.Any.WriteNotice(new ViewerNotice(ErrorCode.Gap, "The rest of this turn cannot be read without a hole.", Retryable: false, EndsTurn: false), _output);
            await FlushAsync();
            throw;
        }
        finally
        {
            _writer.Leave();
            _settings.Timeline?.Left();
        }
    }

    /// <summary>Writes right here what was committed: nothing in the loop blocks, and a socket that takes nothing suspends it.</summary>
    public void OnCommitted() => _signal.SetHere();

    public TimeSpan OnPulse()
    {
        var left = _isFlushing ? LeftOfFlush() : LeftOfSilence();
        if (_dialect.EndsWhenPeopleAreAsked)
            return TimeSpan.Zero;

        // From now on a flush may begin, or a silence.
        var soonest = _settings.HeartbeatAfter < _settings.StuckAfter ? _settings.HeartbeatAfter : _settings.StuckAfter;
        return left > TimeSpan.Zero && left < soonest ? left : soonest;
    }

    private void Leave()
    {
        _hasLeft = true;
        _signal.Set();
    }

    /// <summary>How long the viewer may take on; it is given up if that is over.</summary>
    private TimeSpan LeftOfFlush()
    {
        // Kestrel's own limit allows a stuck viewer of a fast turn hours: it counts the bytes written so far.
        var left = _settings.StuckAfter - _settings.Time.GetElapsedTime(Volatile.Read(ref _flushingSince));
        if (left <= TimeSpan.Zero)
            _settings.Abort();
        return left;
    }

    /// <summary>How long it may be silent on; a heartbeat is due if that is over.</summary>
    private TimeSpan LeftOfSilence()
    {
        if (WaitsForPeople)
            _signal.Set(); // that a turn waits is no event: nothing else wakes the viewer
        var left = _settings.HeartbeatAfter - _settings.Time.GetElapsedTime(Volatile.Read(ref _lastWrite));
        if (left <= TimeSpan.Zero)
        {
            _heartbeatDue = true;
            _signal.Set();
        }

        return left;
    }

    private bool WaitsForPeople => _dialect.EndsWhenPeopleAreAsked && _settings.WaitsForPeople();

    private async Task JoinAsync(long after, CancellationToken left)
    {
        await _writer.JoinAsync(after, left);
        if (_dialect.Joining == Joining.WithOpening)
        {
            (await _writer.OwnAsync(after, left)).WriteOpening(_output);
            await FlushAsync();
        }
    }

    // One loop for the past and the present: below the line it reads, at the line it waits. There is no hand-over to get wrong.
    private async Task<ViewerEnd> FollowAsync(long after, CancellationToken left)
    {
        while (true)
        {
            if (_hasLeft)
                return ViewerEnd.Left; // writes to a connection that is gone succeed: only the token tells

            bool mayBeLast = _turn.HasFailed || _settings.Closing.IsCancellationRequested;
            bool waits = WaitsForPeople; // looked at first: then all that was said before is at the line
            if (after < _turn.Committed)
            {
                (after, bool ended) = await ShowAsync(after, left);
                if (ended)
                    return ViewerEnd.TurnEnded;
            }
            else if (mayBeLast)
            {
                return await EndEarlyAsync(after, left);
            }
            else if (waits)
            {
                (await _writer.OwnAsync(after, left)).WritePause(_output);
                await FlushAsync();
                return ViewerEnd.Paused;
            }
            else if (_heartbeatDue)
            {
                _writer.Any.WriteHeartbeat(_output);
                await FlushAsync();
            }
            else
            {
                await _signal.WaitAsync();
            }
        }
    }

    /// <summary>Shows some of what is committed after that event; how far it got, and whether that was the turn's end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(long Last, bool Ended)> ShowAsync(long after, CancellationToken left)
    {
        (var shared, long last, bool ended) = (_writer.Find(after), after, false);
        if (shared is null)
        {
            var batch = CommittedBatch.Pool.Get();
            var reading = _turn.ReadAsync(after, batch, left);
            bool isInMemory = reading.IsCompletedSuccessfully; // who has to read a file lags, and would share with nobody
            int count = await reading;
            if (isInMemory && count > 0)
                shared = _writer.Spell(after, batch.Events);
            if (shared is null && count > 0)
            {
                var own = _writer.Own ?? await _writer.OwnAsync(after, left);
                for (int i = 0; i < count; i++)
                    own.Write(batch[i], _output);
                (last, ended) = (batch.LastSeq, batch.Events[^1].Type == EventType.Done);
            }

            CommittedBatch.Pool.Return(batch);
        }

        if (shared is not null)
        {
            shared = WriteAllButLast(shared);
            (last, ended) = (shared.Last, shared.Ended);
        }

        await FlushAsync(shared?.Bytes ?? default);
        _settings.Timeline?.Sent(last);
        return (last, ended);
    }

    /// <summary>Writes what is spelled already from that batch on, but for the last of it, which goes out with the flush.</summary>
    private SharedBatch WriteAllButLast(SharedBatch batch)
    {
        for (int i = 1; i < MaxShared && _writer.Find(batch.Last) is { } next; i++)
        {
            _output.Write(batch.Bytes.Span);
            batch = next;
        }

        return batch;
    }

    private async Task<ViewerEnd> EndEarlyAsync(long after, CancellationToken left)
    {
        bool failed = _turn.HasFailed;
        var notice = failed
            ? new ViewerNotice(ErrorCode.JournalUnavailable, "The answer could not be saved, so it is not shown.", Retryable: true, EndsTurn: true)
            : new ViewerNotice(ErrorCode.ShuttingDown, "The server is going down. Come back in a moment for the rest.", Retryable: true, EndsTurn: false);
        (await _writer.OwnAsync(after, left)).WriteNotice(notice, _output);
        await FlushAsync();
        return failed ? ViewerEnd.JournalFailed : ViewerEnd.Closing;
    }

    /// <param name="last">Bytes to be written before; one call is cheaper than a copy first and then the flush.</param>
    private ValueTask FlushAsync(ReadOnlyMemory<byte> last = default)
    {
        _heartbeatDue = false;
        long now = _settings.Time.GetTimestamp();
        Volatile.Write(ref _flushingSince, now);
        _isFlushing = true;
        var flush = last.IsEmpty ? _output.FlushAsync(CancellationToken.None) : _output.WriteAsync(last, CancellationToken.None);
        if (!flush.IsCompletedSuccessfully)
            return FinishAsync(flush);
        _ = flush.Result;
        _isFlushing = false;
        Volatile.Write(ref _lastWrite, now);
        return ValueTask.CompletedTask;
    }

    /// <summary>The connection takes no more just now.</summary>
    private async ValueTask FinishAsync(ValueTask<FlushResult> flush)
    {
        await flush;
        _isFlushing = false;
        Volatile.Write(ref _lastWrite, _settings.Time.GetTimestamp());
    }
}

/// <summary>How a viewer's response ended.</summary>
internal enum ViewerEnd
{
    /// <summary>It was shown the turn's <c>done</c>.</summary>
    TurnEnded,

    /// <summary>Its connection is gone.</summary>
    Left,

    /// <summary>The journal failed; it was told.</summary>
    JournalFailed,

    /// <summary>What it had not been shown yet was deleted; it was told.</summary>
    Deleted,

    /// <summary>The turn waits for a person, and the dialect's clients answer with their next request.</summary>
    Paused,

    /// <summary>The server goes down before the turn's end was committed; it was told.</summary>
    Closing,
}

/// <summary>What a viewer needs of the server around it.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Pulse">What beats for its limits.</param>
/// <param name="HeartbeatAfter">The silence after which it is sent a comment.</param>
/// <param name="StuckAfter">How long one flush may take before the connection is cut.</param>
/// <param name="Abort">Cuts the connection.</param>
/// <param name="Closing">Cancelled when the server ends its responses.</param>
internal sealed record ViewerSettings(
    TimeProvider Time,
    Pulse Pulse,
    TimeSpan HeartbeatAfter,
    TimeSpan StuckAfter,
    Action Abort,
    CancellationToken Closing)
{
    /// <summary>Where it is noted when the viewer was sent what; null if nobody can look.</summary>
    public TimelineViewer? Timeline { get; init; }

    /// <summary>Where viewers of the same turn and dialect find each other, all with the same <see cref="FrameContext"/>; null if it spells for itself.</summary>
    public Spellings? Spellings { get; init; }

    /// <summary>Whether the turn goes on only when a person has answered; asked at each pulse.</summary>
    public Func<bool> WaitsForPeople { get; init; } = static () => false;
}
