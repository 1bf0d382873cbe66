using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Passwindow.Testing;

/// <summary>Reads one response as an event stream, strictly, and keeps the exact bytes.</summary>
public sealed class EventStreamClient : IAsyncDisposable
{
    private readonly EventStreamParser _parser = new();
    private readonly MemoryStream _raw = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Stream _body;
    private readonly SocketGrip? _grip;
    private readonly CancellationTokenSource _leaving = new();
    private bool _reading;
    private bool _ended;

    private EventStreamClient(HttpResponseMessage response, Stream body, SocketGrip? grip)
    {
        Response = response;
        _body = body;
        _grip = grip;
    }

    /// <summary>The response: status and headers came before any event.</summary>
    public HttpResponseMessage Response { get; }

    /// <summary>Every byte of the body received so far.</summary>
    public byte[] Raw => _raw.ToArray();

    /// <summary>What a reconnecting browser would send as <c>Last-Event-ID</c>.</summary>
    public string LastEventId => _parser.LastEventId;

    /// <summary>The reconnection time in milliseconds, if the server set one.</summary>
    public int? Retry => _parser.Retry;

    /// <summary>How many comment lines came: the heartbeats.</summary>
    public int Comments => _parser.Comments;

    /// <summary>Sends a request through any <see cref="HttpClient"/>, that of a <c>TestServer</c> too, and returns when the headers are there.</summary>
    public static Task<EventStreamClient> OpenAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancel = default) =>
        OpenAsync(http, request, grip: null, cancel);

    /// <summary>Gets <paramref name="address"/>, continuing after <paramref name="lastEventId"/> if it is given.</summary>
    public static Task<EventStreamClient> GetAsync(HttpClient http, string address, string? lastEventId = null, CancellationToken cancel = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return OpenAsync(http, request, cancel);
    }

    /// <summary>Sends a request over a connection of its own, whose socket <see cref="Cut"/> resets. Needs a real server and an absolute address.</summary>
    public static Task<EventStreamClient> ConnectAsync(HttpRequestMessage request, CancellationToken cancel = default)
    {
        var grip = new SocketGrip();
        return OpenAsync(grip.Http, request, grip, cancel);
    }

    /// <summary>The next event; null at the end of the response.</summary>
    /// <exception cref="IOException">The response broke off.</exception>
    public async Task<StreamEvent?> NextAsync(CancellationToken cancel = default)
    {
        StreamEvent next;
        while (!_parser.TryTake(out next))
        {
            if (!await FillAsync(cancel))
                return null;
        }

        return next;
    }

    /// <summary>The next <paramref name="count"/> events.</summary>
    /// <exception cref="EndOfStreamException">The response ended before.</exception>
    public async Task<List<StreamEvent>> TakeAsync(int count, CancellationToken cancel = default)
    {
        var events = new List<StreamEvent>(count);
        while (events.Count < count)
            events.Add(await NextAsync(cancel) ?? throw new EndOfStreamException($"The response ended after {events.Count} of {count} events."));
        return events;
    }

    /// <summary>All events up to the end of the response.</summary>
    public async Task<List<StreamEvent>> ReadToEndAsync(CancellationToken cancel = default)
    {
        var events = new List<StreamEvent>();
        while (await NextAsync(cancel) is { } next)
            events.Add(next);
        return events;
    }

    /// <summary>Receives once more, whatever comes; false at the end of the response.</summary>
    public async Task<bool> FillAsync(CancellationToken cancel = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _leaving.Token);
        _reading = true;
        int read = await _body.ReadAsync(_buffer, either.Token);
        _reading = false;
        _ended = read == 0;
        _raw.Write(_buffer, 0, read);
        _parser.Feed(_buffer.AsSpan(0, read));
        return read > 0;
    }

    /// <summary>Leaves abruptly: a reset of the socket if this client owns it (<see cref="ConnectAsync"/>), otherwise as <see cref="DisposeAsync"/>.</summary>
    public void Cut()
    {
        _grip?.Reset();
        Leave();
    }

    /// <summary>Leaves at once, wherever the response stands.</summary>
    public ValueTask DisposeAsync()
    {
        Leave();
        _grip?.Dispose();
        return ValueTask.CompletedTask;
    }

    // To dispose of an unfinished response is not to leave: HttpClient first reads on for up to two seconds (ResponseDrainTimeout) in
    // the hope of using the connection again. A read that is cancelled closes it at once.
    private void Leave()
    {
        if (!_ended && !_leaving.IsCancellationRequested)
        {
            if (!_reading)
                ReadToBeCancelled();
            _leaving.Cancel();
        }

        Response.Dispose();
    }

    private void ReadToBeCancelled()
    {
        try
        {
            Task<int> read;
            do
                read = _body.ReadAsync(new byte[_buffer.Length], _leaving.Token).AsTask();
            while (read.IsCompletedSuccessfully && read.Result > 0);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // The connection is gone already.
        }
    }

    private static async Task<EventStreamClient> OpenAsync(HttpClient http, HttpRequestMessage request, SocketGrip? grip, CancellationToken cancel)
    {
        if (request.Headers.Accept.Count == 0)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        return new EventStreamClient(response, await response.Content.ReadAsStreamAsync(cancel), grip);
    }

    private sealed class SocketGrip : IDisposable
    {
        private Socket? _socket;

        public SocketGrip()
        {
            var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancel) =>
                {
                    _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await _socket.ConnectAsync(context.DnsEndPoint, cancel);
                    return new NetworkStream(_socket, ownsSocket: true);
                },
            };
            Http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        }

        public HttpClient Http { get; }

        public void Reset() => _socket?.Close(timeout: 0);

        public void Dispose() => Http.Dispose();
    }
}
