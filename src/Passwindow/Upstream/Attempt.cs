using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// One question to one model. Until the model has said something, it is bound by the limit on the first token; what a provider counts or
/// pings meanwhile is no token.
/// </summary>
internal sealed class Attempt : IAsyncDisposable
{
    private readonly CancellationToken _turn;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;
    private readonly IAsyncEnumerator<ChatEvent> _answer;
    private UsageReported? _early;

    public Attempt(ResolvedModel model, ChatRequest request, TimeSpan firstToken, TimeProvider time, CancellationToken turn)
    {
        _turn = turn;
        _limit = new(firstToken, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, turn);
        _answer = model.Upstream.AskAsync(request with { Model = model.UpstreamModel }, _either.Token).GetAsyncEnumerator(_either.Token);
    }

    /// <summary>Whether the model has said anything that is or may be shown.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>Whether it did not begin in time, and was given up for that.</summary>
    public bool IsLate => _limit.IsCancellationRequested && !_turn.IsCancellationRequested;

    /// <summary>Waits for what it says next; false at its end.</summary>
    /// <exception cref="UpstreamException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was cut short, or <see cref="IsLate"/>.</exception>
    public ValueTask<bool> MoveNextAsync() => HasSpoken && _early is not null ? new(true) : _answer.MoveNextAsync();

    /// <summary>What it said; null if that is told later: counts that came before the first token come behind it.</summary>
    public ChatEvent? Take()
    {
        if (HasSpoken && _early is { } early)
        {
            _early = null;
            return early;
        }

        var said = _answer.Current;
        if (HasSpoken || said is Heartbeat)
            return said;
        if (said is UsageReported counts)
        {
            _early = counts;
            return null;
        }

        HasSpoken = true;
        _limit.CancelAfter(Timeout.InfiniteTimeSpan);
        return said;
    }

    /// <summary>The failure of one that <see cref="IsLate"/>.</summary>
    public static UpstreamException Late() => new(ErrorCode.UpstreamTimeout, "The model did not begin to answer in time.", retryable: true);

    public async ValueTask DisposeAsync()
    {
        await _answer.DisposeAsync();
        _either.Dispose();
        _limit.Dispose();
    }
}
