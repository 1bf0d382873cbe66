using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// One question to one model, and the listener between the two. Until the model has said something, it is bound by the limit on the first
/// token; what a provider counts or pings meanwhile is no token.
/// </summary>
internal sealed class Attempt : IChatListener, IDisposable
{
    private readonly IChatListener _listener;
    private readonly CancellationToken _turn;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;
    private UsageReported? _early;

    public Attempt(IChatListener listener, TimeSpan firstToken, TimeProvider time, CancellationToken turn)
    {
        _listener = listener;
        _turn = turn;
        _limit = new(firstToken, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, turn);
    }

    /// <summary>Whether the model has said anything that is or may be shown.</summary>
    public bool HasSpoken { get; private set; }

    // It did not begin in time, and was given up for that.
    private bool IsLate => _limit.IsCancellationRequested && !_turn.IsCancellationRequested;

    /// <summary>Asks the model and has the listener hear it.</summary>
    /// <returns>How it failed; null if it did not.</returns>
    /// <exception cref="OperationCanceledException">The turn was cut short.</exception>
    public async Task<UpstreamException?> AskAsync(ResolvedModel model, ChatRequest request)
    {
        try
        {
            await model.Upstream.AskAsync(request with { Model = model.UpstreamModel }, this, _either.Token);
            return null;
        }
        catch (UpstreamException failure)
        {
            return failure;
        }
        catch (OperationCanceledException) when (IsLate)
        {
            return new(ErrorCode.UpstreamTimeout, "The model did not begin to answer in time.", retryable: true);
        }
    }

    /// <summary>Passes on what the model says. Counts that come before its first token are told behind it.</summary>
    public ValueTask<bool> HearAsync(ChatEvent said)
    {
        if (HasSpoken || said is Heartbeat)
            return _listener.HearAsync(said);
        if (said is UsageReported counts)
        {
            _early = counts;
            return new(true);
        }

        HasSpoken = true;
        _limit.CancelAfter(Timeout.InfiniteTimeSpan);
        return _early is null ? _listener.HearAsync(said) : HearAsync(said, _early);
    }

    /// <summary>Once it has spoken there is nothing left to limit.</summary>
    public IChatListener Next => HasSpoken ? _listener.Next : this;

    public void Dispose()
    {
        _either.Dispose();
        _limit.Dispose();
    }

    private async ValueTask<bool> HearAsync(ChatEvent first, UsageReported early) => await _listener.HearAsync(first) && await _listener.HearAsync(early);
}
