using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Testing;
using Passwindow.Tests.Http;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream.Faults;

/// <summary>
/// Every fault, in every API, at every position that applies, through <c>POST /chat</c> on a real socket: the right end, no word that the
/// model did not say, as many requests as declared, and the provider's connection closed. With <c>PASSWINDOW_REPORT=path</c> the table is
/// written there.
/// </summary>
public sealed class FaultMatrixTests(ITestOutputHelper output)
{
    private const int AtOnce = 12;
    private static readonly TimeSpan SocketClosesWithin = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, FaultCell> _cells = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<UpstreamExchange>> _exchanges = new();

    [Fact]
    public async Task Every_fault_ends_as_it_must_at_every_position_in_every_api()
    {
        var cells = Enumerable.Repeat(0, TestDepth.Rounds(1, 3)).SelectMany(static _ => FaultList.All()).Where(static cell => TestDepth.IsFull || !cell.IsSlow).ToList();
        foreach (var cell in cells)
            _cells[cell.Model] = cell;
        await using var upstream = new ScriptedUpstream(ServeAsync);
        using var closed = Bound();
        using var full = Full(out var fillers);
        using var plain = new PlainListener();
        await using var server = await StartAsync(upstream, closed, full, plain);

        var failures = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (cell, _) =>
        {
            try
            {
                await CheckAsync(server, cell);
            }
            catch (Exception fault)
            {
                failures.Add($"{cell}: {fault.Message.ReplaceLineEndings(" ")}");
            }
        });
        fillers.ForEach(static socket => socket.Dispose());

        output.WriteLine($"{cells.Count} cells");
        if (Environment.GetEnvironmentVariable("PASSWINDOW_REPORT") is { Length: > 0 } path)
            await File.WriteAllTextAsync(path, FaultTable.Write(cells));
        Assert.True(failures.IsEmpty, string.Join('\n', failures.Order()));
        await Waiting.ForAsync(() => server.Engine.Turns.Count == 0); // a turn goes a moment after its end was shown
    }

    [Fact]
    public void Every_number_from_1_to_45_is_here_or_has_its_own_tests()
    {
        var here = FaultList.All().Select(static cell => cell.Number).Concat(FaultList.Elsewhere.Keys).Distinct().Order();
        Assert.Equal(Enumerable.Range(1, 45), here);
    }

    private Task ServeAsync(UpstreamExchange exchange)
    {
        string model = exchange.Request.Json.GetProperty("model").GetString()!;
        _exchanges.GetOrAdd(model, static _ => []).Enqueue(exchange);
        return _cells[model].Script(exchange);
    }

    private async Task CheckAsync(ServerUnderTest server, FaultCell cell)
    {
        string body = Http.Asking.Body(model: $"{cell.Provider}/{cell.Model}", tools: cell.Tool is null ? [] : [cell.Tool]);
        await using var viewer = await EventStreamClient.OpenAsync(server.Http, server.Post(body)).WaitAsync(ServerUnderTest.Patience);
        var events = await viewer.RestAsync();
        var exchanges = _exchanges.GetValueOrDefault(cell.Model)?.ToList() ?? [];
        long end = TimeProvider.System.GetTimestamp();
        foreach (var exchange in exchanges)
            await Task.WhenAny(exchange.ClientGone, Task.Delay(SocketClosesWithin));
        Assert.True(exchanges.All(static exchange => exchange.ClientGone.IsCompleted || exchange.Ended), "The connection to the provider is still open.");
        Assert.True(TimeProvider.System.GetElapsedTime(end) <= SocketClosesWithin + SocketClosesWithin, "The connection to the provider was closed too late.");

        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => (long)seq), events.Select(EventFrames.Seq));
        Assert.Equal("done", events[^1].Type);
        Assert.Single(events, static each => each.Type == "done");
        var codes = events.Where(static each => each.Type == "error").Select(static each => each.Field("code")!).ToList();
        string outcome = codes.SingleOrDefault() ?? events.FinishReason()!;
        Assert.Contains(outcome, cell.Expected.Outcome);
        Assert.Equal(codes.Count == 1, events.FinishReason() == "error");
        Assert.DoesNotContain(events, static each => each.Data.Contains(FaultCell.Secret, StringComparison.Ordinal));
        CheckText(cell, events.Text());
        if (outcome is not ("tool_calls" or "tool_limit" or "stop"))
            Assert.DoesNotContain(events, static each => each.Type == "tool_call");
        if (cell.Expected.Requests >= 0)
            Assert.Equal(cell.Expected.Requests, exchanges.Count);
        else
            Assert.InRange(exchanges.Count, 1, FaultList.MaxToolRounds + 1);
    }

    private static void CheckText(FaultCell cell, string text)
    {
        string expected = cell.Expected.Text ?? cell.Said;
        if (cell.Expected.MayLoseText)
            Assert.StartsWith(text, expected, StringComparison.Ordinal);
        else if (expected == "*")
            Assert.InRange(Encoding.UTF8.GetByteCount(text), FaultList.MaxAnswerBytes / 2, FaultList.MaxAnswerBytes);
        else
            Assert.Equal(expected, text);
    }

    private static async Task<ServerUnderTest> StartAsync(ScriptedUpstream upstream, Socket closed, Socket full, PlainListener plain) => await ServerUnderTest.StartAsync(
        upstream,
        settings =>
        {
            settings.TokenTimeout = settings.FirstTokenTimeout = FaultList.TokenTimeout;
            settings.MaxAnswerBytes = FaultList.MaxAnswerBytes;
            settings.MaxToolRounds = FaultList.MaxToolRounds;
            foreach (var api in SpokenApi.All)
            {
                settings.Providers[$"nobody-{api.Provider}"] = new ProviderOptions { Type = api.Type, BaseUrl = "http://nobody.invalid/v1" };
                settings.Providers[$"closed-{api.Provider}"] = new ProviderOptions { Type = api.Type, BaseUrl = $"http://{closed.LocalEndPoint}/v1" };
                settings.Providers[$"full-{api.Provider}"] = new ProviderOptions { Type = api.Type, BaseUrl = $"http://{full.LocalEndPoint}/v1" };
                settings.Providers[$"tls-{api.Provider}"] = new ProviderOptions { Type = api.Type, BaseUrl = $"https://{plain.EndPoint}/v1" };
            }
        },
        static services => services.AddSingleton(new FailoverSettings(
            RetryPolicy.Of(maxRetries: 2) with { FirstWait = TimeSpan.FromMilliseconds(1) },
            TestDepth.IsFull ? TimeSpan.FromSeconds(8) : FaultList.TokenTimeout,
            ContinueAfterBreak: false)));

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    // Linux drops the SYN to a listener whose queue of connections that nobody accepts is full.
    private static Socket Full(out List<Socket> fillers)
    {
        var listener = Bound();
        listener.Listen(0);
        fillers = [];
        for (int i = 0; TestDepth.IsFull && i < 8; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                filler.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException)
            {
                // It waits in the queue.
            }

            fillers.Add(filler);
        }

        return listener;
    }

    /// <summary>Speaks plain HTTP to whoever comes.</summary>
    private sealed class PlainListener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public PlainListener()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public EndPoint EndPoint => _listener.LocalEndpoint;

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var socket = await _listener.AcceptSocketAsync();
                    await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
                    await socket.ReceiveAsync(new byte[4096]);
                }
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
