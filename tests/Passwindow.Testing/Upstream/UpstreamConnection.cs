using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;

namespace Passwindow.Testing;

/// <summary>One accepted socket: reads all the time, so that the client's leaving is seen while a script waits.</summary>
internal sealed class UpstreamConnection(Socket socket, int number) : IDisposable
{
    private const int MaxHead = 64 * 1024;
    private const int MaxBody = 64 * 1024 * 1024;

    private readonly Pipe _received = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly TaskCompletionSource<ClientDeparture> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closedHere;

    public int Number => number;

    public Task<ClientDeparture> Gone => _gone.Task;

    public async Task PumpAsync()
    {
        bool reset = false;
        try
        {
            while (await socket.ReceiveAsync(_received.Writer.GetMemory(4096)) is var count and > 0)
            {
                _received.Writer.Advance(count);
                await _received.Writer.FlushAsync();
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            reset = true;
        }

        if (_closedHere && reset)
            _gone.TrySetCanceled();
        else
            _gone.TrySetResult(new ClientDeparture(reset, TimeProvider.System.GetTimestamp()));
        await _received.Writer.CompleteAsync();
    }

    /// <summary>Reads the next request; null if the client left before it was whole.</summary>
    public async Task<UpstreamRequest?> ReadRequestAsync()
    {
        if (await ReadLineAsync() is not { Length: > 0 } first || first.Split(' ') is not [var method, var target, ..])
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string name = line[..colon], value = line[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out string? before) ? $"{before}, {value}" : value;
        }

        if (headers.TryGetValue("Expect", out string? expect) && expect == "100-continue")
            await SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
        var body = await ReadBodyAsync(headers);
        return body is null ? null : new UpstreamRequest(number, method, target, headers, body, TimeProvider.System.GetTimestamp());
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }

    public void Close()
    {
        _closedHere = true;
        socket.Shutdown(SocketShutdown.Send);
    }

    public void Reset()
    {
        _closedHere = true;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    public void Dispose()
    {
        _closedHere = true;
        socket.Dispose();
    }

    private async Task<byte[]?> ReadBodyAsync(Dictionary<string, string> headers)
    {
        if (!headers.TryGetValue("Transfer-Encoding", out string? coding) || coding != "chunked")
            return await ReadExactlyAsync(headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length) : 0);
        var body = new MemoryStream();
        while (await ReadLineAsync() is { } size)
        {
            int length = Convert.ToInt32(size.Split(';')[0].Trim(), 16);
            if (await ReadExactlyAsync(length) is not { } chunk || await ReadLineAsync() is null)
                return null;
            if (length == 0)
                return body.ToArray();
            body.Write(chunk);
        }

        return null;
    }

    private async Task<byte[]?> ReadExactlyAsync(int length)
    {
        if (length > MaxBody)
            throw new InvalidDataException("The request's body is larger than a test should send.");
        if (length == 0)
            return [];
        var result = await _received.Reader.ReadAtLeastAsync(length);
        if (result.Buffer.Length < length)
            return null;
        var bytes = new byte[length];
        var wanted = result.Buffer.Slice(0, length);
        System.Buffers.BuffersExtensions.CopyTo(in wanted, bytes);
        _received.Reader.AdvanceTo(wanted.End);
        return bytes;
    }

    private async Task<string?> ReadLineAsync()
    {
        while (true)
        {
            var result = await _received.Reader.ReadAsync();
            if (System.Buffers.BuffersExtensions.PositionOf(result.Buffer, (byte)'\n') is { } end)
            {
                string line = Encoding.Latin1.GetString(result.Buffer.Slice(0, end)).TrimEnd('\r');
                _received.Reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            if (result.IsCompleted || result.Buffer.Length > MaxHead)
                return null;
            _received.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
