using System.Threading.Tasks.Sources;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Tests.Upstream;

/// <summary>
/// An answer that a test pulls, one event at a time: in between the upstream waits for its listener, so what it does then, it does though
/// nobody pulls. It goes on within the pull itself, which is thus complete if the upstream had the next at hand.
/// </summary>
internal sealed class PulledAnswer(IUpstream upstream, ChatRequest request, CancellationToken cancellation) : IChatListener, IValueTaskSource<bool>, IAsyncDisposable
{
    private ManualResetValueTaskSourceCore<bool> _wanted;
    private TaskCompletionSource<bool> _told = new();
    private Task? _asking;
    private bool _isHeld;

    public ChatEvent Current { get; private set; } = Heartbeat.Instance;

    /// <summary>Waits for what is said next; false at the end.</summary>
    public ValueTask<bool> MoveNextAsync()
    {
        _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var told = _told.Task;
        if (_asking is null)
            _asking = AskAsync();
        else
            Release(wantsMore: true);
        return new(told);
    }

    public ValueTask<bool> HearAsync(ChatEvent said)
    {
        Current = said;
        _wanted.Reset();
        return new(this, _wanted.Version);
    }

    /// <summary>Wants no more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isHeld)
            Release(wantsMore: false);
        if (_asking is not null)
            await _asking;
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wanted.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wanted.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // Told only now that the upstream waits: it would otherwise go on beside the next pull instead of within it.
        _wanted.OnCompleted(continuation, state, token, flags);
        _isHeld = true;
        _told.SetResult(true);
    }

    private void Release(bool wantsMore)
    {
        _isHeld = false;
        _wanted.SetResult(wantsMore);
    }

    private async Task AskAsync()
    {
        try
        {
            await upstream.AskAsync(request, this, cancellation);
            _told.TrySetResult(false);
        }
        catch (Exception thrown)
        {
            _told.TrySetException(thrown);
        }
    }
}

internal static class Pulling
{
    /// <summary>Asks as soon as the first is pulled.</summary>
    public static PulledAnswer Pull(this IUpstream upstream, ChatRequest request, CancellationToken cancellation = default) => new(upstream, request, cancellation);
}
