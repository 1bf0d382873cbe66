using System.Text;

namespace Passwindow.Testing;

/// <summary>One request to a <see cref="ScriptedUpstream"/> and the answer its script gives. Every write leaves at once.</summary>
public sealed class UpstreamExchange
{
    private readonly UpstreamConnection _connection;
    private readonly TaskCompletionSource<ClientDeparture> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BodyFraming _framing;

    internal UpstreamExchange(UpstreamRequest request, UpstreamConnection connection)
    {
        Request = request;
        _connection = connection;
        _ = FollowAsync();
    }

    /// <summary>What was asked.</summary>
    public UpstreamRequest Request { get; }

    /// <summary>
    /// Completes as soon as the client closes or resets the connection, whatever the script is waiting for. Cancelled if the answer
    /// was whole before that and the connection serves on, or if the script reset it.
    /// </summary>
    public Task<ClientDeparture> ClientGone => _gone.Task;

    /// <summary>Whether the head of the answer was sent.</summary>
    public bool Answered { get; private set; }

    /// <summary>Whether the answer was ended by the script: whole, closed or reset.</summary>
    public bool Ended { get; private set; }

    internal bool KeepAlive => Answered && !EndsConnection && !Broken;

    private bool Broken { get; set; }

    private bool EndsConnection =>
        _framing == BodyFraming.UntilClose || (Request.Headers.TryGetValue("Connection", out string? option) && option == "close");

    /// <summary>Sends the status line and headers. <paramref name="headers"/> are sent as they are, without any check.</summary>
    public Task HeadAsync(int status = 200, string contentType = "text/event-stream", BodyFraming framing = BodyFraming.Chunked, params (string Name, string Value)[] headers)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} Scripted\r\nContent-Type: {contentType}\r\n");
        foreach (var (name, value) in headers)
            head.Append($"{name}: {value}\r\n");
        if (framing == BodyFraming.Chunked)
            head.Append("Transfer-Encoding: chunked\r\n");
        if (framing == BodyFraming.UntilClose)
            head.Append("Connection: close\r\n");
        _framing = framing;
        Answered = true;
        return RawAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
    }

    /// <summary>Sends a piece of the body, framed as the head said; the default head first, if none was sent. An empty piece sends nothing.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> body)
    {
        if (!Answered)
            await HeadAsync();
        if (body.IsEmpty)
            return;
        if (_framing == BodyFraming.Chunked)
            body = (byte[])[.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body.Span, .. "\r\n"u8];
        await RawAsync(body);
    }

    /// <summary>Sends text as a piece of the body.</summary>
    public Task WriteAsync(string body) => WriteAsync(Encoding.UTF8.GetBytes(body));

    /// <summary>Sends bytes on the connection as they are, outside any framing.</summary>
    public Task RawAsync(ReadOnlyMemory<byte> bytes) => _connection.SendAsync(bytes);

    /// <summary>Sends a recorded body in <paramref name="pieces"/> writes, cut at random places: inside a line, an escape or a character too.</summary>
    public async Task ReplayAsync(byte[] sse, Random random, int pieces)
    {
        int[] cuts = [0, .. Enumerable.Range(1, Math.Max(pieces - 1, 0)).Select(_ => random.Next(sse.Length + 1)).Order(), sse.Length];
        foreach (var (from, to) in cuts.Zip(cuts.Skip(1)))
        {
            await WriteAsync(sse.AsMemory(from, to - from));
            await Task.Yield();
        }
    }

    /// <summary>Sends a whole answer with <c>Content-Length</c>.</summary>
    public async Task RespondAsync(int status, string body, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        await HeadAsync(status, contentType, BodyFraming.AsGiven, [.. headers, ("Content-Length", $"{bytes.Length}")]);
        await WriteAsync(bytes);
        await EndAsync();
    }

    /// <summary>Ends the body as its framing says. The script may leave this out at its own end.</summary>
    public async Task EndAsync()
    {
        if (Ended)
            return;
        Ended = true;
        if (_framing == BodyFraming.Chunked)
            await RawAsync("0\r\n\r\n"u8.ToArray());
        if (EndsConnection)
            _connection.Close();
    }

    /// <summary>Closes the connection in good order (FIN), wherever the body stands: what the client sees as a body that broke off.</summary>
    public void Close()
    {
        Ended = Broken = true;
        _connection.Close();
    }

    /// <summary>Resets the connection (RST). What the client has not read yet may be lost with it.</summary>
    public void Reset()
    {
        Ended = Broken = true;
        _connection.Reset();
    }

    /// <summary>Sends nothing more and waits until the client has left.</summary>
    public async Task SilenceAsync()
    {
        await ((Task)ClientGone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Ended = Broken = true;
    }

    internal void Over()
    {
        if (_connection.Gone.IsCompletedSuccessfully)
            _gone.TrySetResult(_connection.Gone.Result);
        else
            _gone.TrySetCanceled();
    }

    private async Task FollowAsync()
    {
        await ((Task)_connection.Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Over();
    }
}
