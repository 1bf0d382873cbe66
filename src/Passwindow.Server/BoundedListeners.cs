using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Passwindow.Server;

/// <summary>
/// Accepts no connection while too many are open. Kestrel's own limit closes the surplus after it was accepted: on a busy machine a burst is
/// accepted faster than it is closed, and a process without a descriptor left dies. Here the surplus waits in the kernel's queue, which costs none.
/// </summary>
/// <param name="inner">The transport.</param>
/// <param name="most">How many connections may be open on one address.</param>
internal sealed class BoundedListeners(IConnectionListenerFactory inner, int most) : IConnectionListenerFactory
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Bounded(await inner.BindAsync(endpoint, cancellationToken), most);

    private sealed class Bounded(IConnectionListener inner, int most) : IConnectionListener
    {
        private readonly SemaphoreSlim _free = new(most);
        private readonly CancellationTokenSource _unbinding = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbinding.Token);
                await _free.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (_unbinding.IsCancellationRequested)
            {
                return null; // nothing is accepted any more
            }

            var accepted = await inner.AcceptAsync(cancellationToken);
            accepted?.ConnectionClosed.UnsafeRegister(static free => ((SemaphoreSlim)free!).Release(), _free);
            return accepted;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbinding.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
