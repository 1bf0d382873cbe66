using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Passwindow.Server;

/// <summary>
/// Sockets without a change of thread: what a socket has is read, and what a viewer is shown is written, on the thread that learns of it. Changing
/// threads costs more than anything else that is done for a token. What such a thread does must never block, so requests are taken off it:
/// they run on the thread pool, and only what streams, in both directions, stays.
/// </summary>
/// <param name="inner">The transport, which prefers to go on inline.</param>
internal sealed class InlineSockets(IConnectionListenerFactory inner) : IConnectionListenerFactory
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>What this needs of the transport: that it goes on inline, and that its outputs say when all has been sent.</summary>
    public static void Apply(SocketTransportOptions sockets)
    {
        sockets.UnsafePreferInlineScheduling = true;
        sockets.MaxWriteBufferSize = 1; // bytes: a flush is over once nothing is left
    }

    /// <summary>
    /// Has sockets, those to upstreams too, go on inline. It must be called before the first of them is used: .NET reads this once, and only from the
    /// environment. Whoever set it otherwise is obeyed.
    /// </summary>
    public static void Prefer()
    {
        if (Environment.GetEnvironmentVariable(Switch) is null)
            Environment.SetEnvironmentVariable(Switch, "1");
    }

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken));

    private sealed class Listener(IConnectionListener inner) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var accepted = await inner.AcceptAsync(cancellationToken);
            if (accepted is null)
                return null;
            var socket = accepted.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
            socket.Blocking = false; // what is sent at once must not wait
            accepted.Transport = new Duplex(new PooledInput(accepted.Transport.Input), new DirectOutput(socket, accepted.Transport.Output));
            return accepted;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
