using Microsoft.Extensions.AI;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>The updates of one answer, with a wait that ends when it is cancelled, whatever the client does.</summary>
internal sealed class ChatClientUpdates : IAsyncDisposable
{
    private readonly CancellationToken _ours;
    private readonly CancellationTokenSource _theirs = new();
    private readonly CancellationTokenRegistration _registration;
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private Task<bool>? _pending;

    /// <summary>Prepares the answer of one question that <paramref name="cancellation"/> ends.</summary>
    public ChatClientUpdates(CancellationToken cancellation)
    {
        _ours = cancellation;

        // Not linked: the client's own callbacks would then run, block and throw within whoever cancels us.
        _registration = cancellation.UnsafeRegister(static theirs => _ = ((CancellationTokenSource)theirs!).CancelAsync(), _theirs);
    }

    /// <summary>The update that <see cref="NextAsync"/> found.</summary>
    public ChatResponseUpdate Current => _updates!.Current;

    /// <summary>Asks, the first time.</summary>
    public void Start(Func<IChatClient> client, ChatRequest request)
    {
        _ours.ThrowIfCancellationRequested();
        _updates ??= client()
            .GetStreamingResponseAsync(ChatClientMessages.Messages(request), ChatClientMessages.Options(request), _theirs.Token)
            .GetAsyncEnumerator(_theirs.Token);
    }

    /// <summary>Waits for the next update; false after the last one.</summary>
    public async ValueTask<bool> NextAsync()
    {
        var next = _updates!.MoveNextAsync();
        if (next.IsCompleted)
            return await next;

        _pending = next.AsTask();
        var more = await _pending.WaitAsync(_ours);
        _pending = null;
        return more;
    }

    /// <summary>Leaves the client behind.</summary>
    public ValueTask DisposeAsync()
    {
        _registration.Dispose();
        _ = LeaveAsync();
        return ValueTask.CompletedTask;
    }

    private async Task LeaveAsync()
    {
        await Quietly(_theirs.CancelAsync());
        if (_pending is not null)
            await Quietly(_pending);

        try
        {
            if (_updates is not null)
                await _updates.DisposeAsync();
        }
        catch (Exception)
        {
            // The answer has ended, one way or another, and nobody waits for this any more.
        }

        _theirs.Dispose();
    }

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
