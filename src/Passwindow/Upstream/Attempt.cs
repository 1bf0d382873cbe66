using System.Runtime.CompilerServices;
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

    /// <summary>What it says next; null at its end. Counts that came before the first token come behind it.</summary>
    /// <exception cref="UpstreamException">It failed.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChatEvent?> NextAsync()
    {
        if (HasSpoken && _early is { } early)
        {
            _early = null;
            return early;
        }

        try
        {
            while (await _answer.MoveNextAsync())
            {
                var said = _answer.Current;
                if (HasSpoken || said is Heartbeat)
                    return said;
                if (said is UsageReported counts)
                {
                    _early = counts;
                    continue;
                }

                HasSpoken = true;
                _limit.CancelAfter(Timeout.InfiniteTimeSpan);
                return said;
            }

            return null;
        }
        catch (OperationCanceledException) when (_limit.IsCancellationRequested && !_turn.IsCancellationRequested)
        {
            throw new UpstreamException(ErrorCode.UpstreamTimeout, "The model did not begin to answer in time.", retryable: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _answer.DisposeAsync();
        _either.Dispose();
        _limit.Dispose();
    }
}
