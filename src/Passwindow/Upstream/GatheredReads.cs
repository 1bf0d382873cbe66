using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Passwindow.Upstream;

/// <summary>
/// Lets what upstreams send gather for a fraction of a millisecond before it is read. To wake for every token of a thousand answers costs more than to read
/// them: a thread that looks a thousand times a second finds many at once, and does the same few things for all of them while the processor still
/// has them at hand.
/// </summary>
/// <remarks>
/// It holds up the thread on which .NET waits for all sockets, on purpose and for no longer than that, at most half of the time, and only while
/// upstreams speak. Where the processor is so busy that the thread does not get it back in time, more gathers by itself, and the pauses stop for a
/// while. So it is for a program whose sockets go on inline and that knows it: in an app of somebody else it is not used.
/// </remarks>
internal sealed partial class GatheredReads
{
    /// <summary>Where tokens wait for a sync anyway.</summary>
    private const uint SyncedMicroseconds = 500;

    /// <summary>Where they wait for nothing.</summary>
    private const uint UnsyncedMicroseconds = 200;

    private const string SocketThread = ".NET Sockets";
    private const uint LateMicroseconds = 3000;
    private const uint BusyMicroseconds = 10_000;

    [ThreadStatic]
    private static long t_pausedAt;

    [ThreadStatic]
    private static bool t_isBusy;

    /// <summary>Connects as <see cref="SocketsHttpHandler"/> does by itself.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Durability durability, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new Connection(socket, durability == Durability.Fsync ? SyncedMicroseconds : UnsyncedMicroseconds);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The real clock, because a thread really waits here.
    private static void Gather(uint pause)
    {
        long now = TimeProvider.System.GetTimestamp();
        if (Thread.CurrentThread.Name != SocketThread || MicrosecondsBetween(t_pausedAt, now) < (t_isBusy ? BusyMicroseconds : pause))
            return;
        _ = Sleep(pause);
        t_pausedAt = TimeProvider.System.GetTimestamp();
        t_isBusy = MicrosecondsBetween(now, t_pausedAt) > LateMicroseconds;
    }

    private static double MicrosecondsBetween(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalMicroseconds;

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);

    private sealed class Connection(Socket socket, uint pause) : NetworkStream(socket, ownsSocket: true)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = base.ReadAsync(buffer, cancellationToken);

            // What was there has been dealt with, and this connection waits: a moment for the others.
            if (!read.IsCompleted)
                Gather(pause);
            return read;
        }
    }
}
