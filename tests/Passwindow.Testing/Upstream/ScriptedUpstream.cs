using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Passwindow.Testing;

/// <summary>
/// A model provider on a raw socket of 127.0.0.1 that does what a script says, wrong things too: HTTP/1.1 by hand, no web server
/// that would repair it.
/// </summary>
/// <example><code>
/// await using var upstream = new ScriptedUpstream(async exchange =>
/// {
///     await exchange.WriteAsync(ChatChunks.Text("Hel"));
///     await gate.Task;
///     exchange.Reset();
/// });
/// </code></example>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _lock = new();
    private readonly List<UpstreamConnection> _connections = [];
    private readonly List<UpstreamExchange> _exchanges = [];
    private readonly List<(int Index, TaskCompletionSource<UpstreamExchange> Here)> _waiting = [];
    private readonly ConcurrentQueue<Func<UpstreamExchange, Task>> _next = new();
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly Func<UpstreamExchange, Task> _script;

    /// <summary>Starts listening. <paramref name="script"/> answers every request that <see cref="Next"/> has no script for.</summary>
    public ScriptedUpstream(Func<UpstreamExchange, Task> script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");
        _ = AcceptAsync();
    }

    /// <summary>Where it listens, with a slash at the end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>How many connections were accepted.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>The requests so far, in the order of their arrival.</summary>
    public IReadOnlyList<UpstreamRequest> Requests => [.. Exchanges.Select(exchange => exchange.Request)];

    /// <summary>The exchanges so far, in the order of their requests.</summary>
    public IReadOnlyList<UpstreamExchange> Exchanges
    {
        get
        {
            lock (_lock)
                return [.. _exchanges];
        }
    }

    /// <summary>Answers one request, the next that no earlier call answers, by another script.</summary>
    public ScriptedUpstream Next(Func<UpstreamExchange, Task> script)
    {
        _next.Enqueue(script);
        return this;
    }

    /// <summary>The exchange number <paramref name="index"/>, from 0, as soon as its request has come.</summary>
    public Task<UpstreamExchange> ExchangeAsync(int index)
    {
        lock (_lock)
        {
            if (index < _exchanges.Count)
                return Task.FromResult(_exchanges[index]);
            var here = new TaskCompletionSource<UpstreamExchange>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((index, here));
            return here.Task;
        }
    }

    /// <summary>Stops at once, without waiting for scripts that wait.</summary>
    /// <exception cref="AggregateException">A script failed while its client was still there.</exception>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _listener.Dispose();
            foreach (var connection in _connections)
                connection.Dispose();
        }

        return _faults.IsEmpty ? ValueTask.CompletedTask : throw new AggregateException("A script of the upstream failed.", _faults);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                socket.NoDelay = true;
                lock (_lock)
                {
                    var connection = new UpstreamConnection(socket, _connections.Count);
                    _connections.Add(connection);
                    _ = connection.PumpAsync();
                    _ = Task.Run(() => ServeAsync(connection));
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(UpstreamConnection connection)
    {
        while (await connection.ReadRequestAsync() is { } request)
        {
            var exchange = Record(new UpstreamExchange(request, connection));
            var script = _next.TryDequeue(out var next) ? next : _script;
            try
            {
                await script(exchange);
                if (!exchange.Answered && !exchange.Ended)
                    await exchange.RespondAsync(500, "{}");
                await exchange.EndAsync();
            }
            catch (Exception fault)
            {
                // Whoever writes to a client that has left fails, and that is no fault of the script.
                if (!connection.Gone.IsCompleted && fault is not (SocketException or ObjectDisposedException))
                    _faults.Enqueue(fault);
                if (fault is SocketException)
                    await ((Task)connection.Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the pump is about to see it too
                exchange.Over();
                connection.Dispose();
                return;
            }

            if (!exchange.KeepAlive)
            {
                await ((Task)connection.Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                exchange.Over();
                connection.Dispose();
                return;
            }

            exchange.Over();
        }

        connection.Dispose();
    }

    private UpstreamExchange Record(UpstreamExchange exchange)
    {
        lock (_lock)
        {
            int index = _exchanges.Count;
            _exchanges.Add(exchange);
            foreach (var (_, here) in _waiting.Where(waiting => waiting.Index == index))
                here.SetResult(exchange);
        }

        return exchange;
    }
}
