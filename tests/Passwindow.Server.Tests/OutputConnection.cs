using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Passwindow.Server.Tests;

/// <summary>A connection of the kernel's whose one end is written by a <see cref="DirectOutput"/>, with an inner output that is drained as Kestrel's is.</summary>
internal sealed class OutputConnection : IAsyncDisposable
{
    private readonly Socket _server;
    private readonly Socket _client;
    private readonly Pipe _inner = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 0, useSynchronizationContext: false)); // as Kestrel makes it of 1 byte
    private readonly Task _draining;
    private readonly TaskCompletionSource<int> _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _mayGo;
    private long _drained;

    private OutputConnection(Socket server, Socket client)
    {
        (_server, _client) = (server, client);
        Output = new DirectOutput(server, _inner.Writer);
        _draining = DrainAsync();
    }

    public DirectOutput Output { get; }

    /// <summary>How many bytes went through the inner output.</summary>
    public long Drained => Volatile.Read(ref _drained);

    public static async Task<OutputConnection> OpenAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        // Small, so that a client that does not read is felt soon.
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync();
        server.SendBufferSize = 64 * 1024;
        server.NoDelay = true;
        server.Blocking = false;
        return new(server, client);
    }

    public void Write(ReadOnlySpan<byte> bytes) => Output.Write(bytes);

    /// <summary>What comes next, that many bytes; fewer only at the end. With a seed it reads pieces of random sizes, with pauses.</summary>
    public async Task<byte[]> ReceiveAsync(int count, int? seed = null)
    {
        using var patience = new CancellationTokenSource(ServerProcess.Patience);
        var random = seed is null ? null : new Random(seed.Value);
        byte[] got = new byte[count];
        int at = 0;
        while (at < count)
        {
            int most = Math.Min(random?.Next(1, 100_000) ?? count, count - at);
            int received = await _client.ReceiveAsync(got.AsMemory(at, most), patience.Token);
            if (received == 0)
                break;
            at += received;
            if (random?.Next(100) == 0)
                await Task.Delay(1, patience.Token); // long enough for the kernel to fill up again
        }

        return got[..at];
    }

    /// <summary>What comes to the inner output next waits there; how much that is, once it has come.</summary>
    public Task<int> HoldInnerAsync()
    {
        Volatile.Write(ref _mayGo, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return _held.Task;
    }

    public void LetInnerGo() => _mayGo?.TrySetResult();

    /// <summary>Closes the server's end, as Kestrel does when it aborts.</summary>
    public void Abort() => _server.Dispose();

    /// <summary>The client goes without a word.</summary>
    public void Reset()
    {
        _client.LingerState = new(enable: true, seconds: 0);
        _client.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _server.Dispose();
        _mayGo?.TrySetResult();
        await _inner.Writer.CompleteAsync();
        await _draining.WaitAsync(ServerProcess.Patience);
    }

    private async Task DrainAsync()
    {
        try
        {
            while (true)
            {
                var read = await _inner.Reader.ReadAsync();
                if (Volatile.Read(ref _mayGo) is { } mayGo)
                {
                    _held.TrySetResult((int)read.Buffer.Length);
                    await mayGo.Task;
                }

                foreach (var segment in read.Buffer)
                {
                    for (var rest = segment; rest.Length > 0;)
                    {
                        int sent = await _server.SendAsync(rest);
                        Interlocked.Add(ref _drained, sent);
                        rest = rest[sent..];
                    }
                }

                _inner.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            _server.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection is gone: whoever writes is told below.
        }
        finally
        {
            await _inner.Reader.CompleteAsync();
        }
    }
}
