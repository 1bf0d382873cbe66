using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Passwindow.Bench.Load.Wire;

/// <summary>
/// The one thread that is provider and viewers at once: no switch between the two costs the core that they share, and both read the same clock.
/// It sleeps until a socket is ready or a token is due.
/// </summary>
internal sealed class Loop
{
    private const int MaxDescriptors = 65_536;

    private readonly Connection?[] _connections = new Connection?[MaxDescriptors];
    private readonly PriorityQueue<Provider.ProviderConnection, long> _due = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly List<(Socket Listener, Action<Socket> Accept)> _listeners = [];

    public Poller Poller { get; } = new();

    /// <summary>Nanoseconds of the monotonic clock.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    public void Listen(IPEndPoint at, Action<Socket> accept, out int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(at);
        listener.Listen(4096);
        port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Poller.Watch((int)listener.Handle, Poller.Readable);
        _listeners.Add((listener, accept));
    }

    public void Add(Connection connection)
    {
        _connections[connection.Descriptor] = connection;
        Poller.Watch(connection.Descriptor, Poller.Readable);
    }

    /// <summary>The kernel forgets a descriptor when it is closed.</summary>
    public void Remove(Connection connection) => _connections[connection.Descriptor] = null;

    /// <summary>Has a provider's stream send its next token then.</summary>
    public void Schedule(Provider.ProviderConnection stream, long due) => _due.Enqueue(stream, due);

    public void RunFor(int milliseconds) => RunUntil(Now + (milliseconds * 1_000_000L));

    public void RunUntil(long end)
    {
        for (long now; (now = Now) < end;)
            Turn(_due.TryPeek(out _, out long due) ? Math.Clamp(Math.Min(due, end) - now, 0, end - now) : end - now);
    }

    /// <summary>Runs until it is so, looking once a millisecond; false if it was not in so many.</summary>
    public bool RunUntil(Func<bool> isSo, int milliseconds)
    {
        while (!isSo())
        {
            if (milliseconds-- == 0)
                return false;
            RunFor(1);
        }

        return true;
    }

    private void Turn(long sleep)
    {
        int ready = Poller.Wait(sleep);

        // What has come is read before more is sent, so that the viewers are never what the server waits for.
        for (int i = 0; i < ready; i++)
        {
            var (descriptor, events) = Poller.Ready(i);
            if ((events & ~Poller.Writable) == 0)
                continue;
            if (_connections[descriptor] is { } connection)
                connection.OnReadable(_buffer);
            else
                Accept(descriptor);
        }

        for (int i = 0; i < ready; i++)
        {
            var (descriptor, events) = Poller.Ready(i);
            if ((events & Poller.Writable) != 0)
                _connections[descriptor]?.OnWritable();
        }

        long now = Now;
        while (_due.TryPeek(out var stream, out long due) && due <= now)
        {
            _due.Dequeue();
            stream.Due(due);
        }
    }

    private void Accept(int descriptor)
    {
        foreach (var (listener, accept) in _listeners)
        {
            if ((int)listener.Handle != descriptor)
                continue;
            var socket = listener.Accept();
            socket.Blocking = false;
            socket.NoDelay = true;
            accept(socket);
        }
    }
}
