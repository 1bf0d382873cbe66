using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Passwindow.Upstream.Loops;

/// <summary>
/// Reads upstreams on threads of its own, one a core, each of which begins with the first connection that falls to it. It is for a program that knows that
/// nothing may block there: what waits for a read, up to a viewer's socket, goes on on those threads. In an app of somebody else it is not used.
/// </summary>
internal sealed class ReadLoops : IDisposable
{
    /// <summary>Where a round ends with a sync: seven hundred a second unless much comes, and the disk free for a first token in between.</summary>
    private static readonly RoundSpacing Synced = new(TimeSpan.FromMilliseconds(1.5), gathered: 50);

    /// <summary>Where tokens wait for no sync.</summary>
    private static readonly RoundSpacing Unsynced = new(TimeSpan.FromMicroseconds(250), gathered: 3);

    private readonly Lazy<ReadLoop>[] _loops;
    private int _next;

    public ReadLoops(IOptions<PasswindowOptions> options, IReadRounds rounds)
    {
        var spacing = options.Value.Durability == Durability.Fsync ? Synced : Unsynced;
        _loops = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Lazy<ReadLoop>(() => new ReadLoop(spacing, rounds)))];
    }

    /// <summary>Connects as <see cref="SocketsHttpHandler"/> does by itself: to the first address of a name at which somebody is.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var loop = _loops[(uint)Interlocked.Increment(ref _next) % _loops.Length].Value;
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        for (int i = 0; ; i++)
        {
            if (i == addresses.Length)
                throw new SocketException((int)SocketError.HostNotFound);
            try
            {
                return await LoopStream.ConnectAsync(loop, new IPEndPoint(addresses[i], context.DnsEndPoint.Port), cancellation);
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                // The next address may do: a name often has one of IPv6 at which nobody listens.
            }
        }
    }

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            if (loop.IsValueCreated)
                loop.Value.Dispose();
        }
    }
}
