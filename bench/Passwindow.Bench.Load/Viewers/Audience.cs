using System.Net;
using System.Net.Sockets;
using System.Text;
using Passwindow.Bench.Load.Wire;

namespace Passwindow.Bench.Load.Viewers;

/// <summary>All viewers of one measurement.</summary>
internal sealed class Audience(Loop loop, LoadCommand command)
{
    private readonly List<ViewerConnection> _viewers = [];

    public Arrivals Arrivals { get; } = new();

    public IReadOnlyList<ViewerConnection> Viewers => _viewers;

    /// <summary>Starts a turn.</summary>
    public ViewerConnection Start(Turn turn)
    {
        string body = command.Start.Body.Replace("{prompt}", turn.Prompt, StringComparison.Ordinal);
        return Open(turn, $"POST {command.Start.Path} HTTP/1.1\r\nHost: 127.0.0.1:{command.Port}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{command.Start.Headers}\r\n{body}");
    }

    /// <summary>Watches a turn that this server calls so.</summary>
    public ViewerConnection Watch(Turn turn, string id) =>
        Open(turn, $"GET {command.WatchPath.Replace("{turn}", id, StringComparison.Ordinal)} HTTP/1.1\r\nHost: 127.0.0.1:{command.Port}\r\n{command.Start.Headers}\r\n");

    private ViewerConnection Open(Turn turn, string request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, command.Port); // at once, as long as the other side's queue is not full
        socket.Blocking = false;
        var viewer = new ViewerConnection(loop, socket, turn, Encoding.ASCII.GetBytes(request), Arrivals);
        _viewers.Add(viewer);
        return viewer;
    }
}
