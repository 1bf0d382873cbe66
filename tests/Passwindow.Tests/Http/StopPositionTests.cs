using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>
/// Stops at every position of a turn: the provider's connection is closed at once, or the tool that runs is cancelled, the receipt is true, the partial answer is kept.
/// 100 of them, 1,000 with <c>PASSWINDOW_TESTS=full</c>.
/// </summary>
public sealed class StopPositionTests(ITestOutputHelper output)
{
    // The figure is reported; what is asserted leaves room for a machine that has other things to do.
    private static readonly TimeSpan Longest99 = TimeSpan.FromMilliseconds(500);

    private const string InATool = "in a tool";

    private static readonly Dictionary<string, (int Events, Func<UpstreamExchange, Task> Script)> Positions = new()
    {
        ["before headers"] = (1, static exchange => exchange.SilenceAsync()),
        ["before the first token"] = (1, static exchange => ThenSilenceAsync(exchange)),
        ["in reasoning"] = (2, static exchange => ThenSilenceAsync(exchange, ChatChunks.Role, ChatChunks.Reasoning("Hm"))),
        ["between tokens"] = (3, static exchange => ThenSilenceAsync(exchange, ChatChunks.Role, ChatChunks.Text("a"), ChatChunks.Text("b"))),
        ["in a tool's arguments"] = (3, static exchange => ThenSilenceAsync(exchange, ChatChunks.Text("a"), ChatChunks.ToolCall(0, "c", "look"), ChatChunks.ToolCall(0, arguments: "{\"a\""), ChatChunks.ToolCall(0, arguments: ":1"))),
        [InATool] = (3, static exchange => exchange.WriteAsync((byte[])[.. ChatChunks.Text("a"), .. ChatChunks.ToolCall(0, "c", "wait", "{}"), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done])),
        ["at the last token"] = (3, static exchange => ThenSilenceAsync(exchange, ChatChunks.Role, ChatChunks.Text("a"), ChatChunks.Text("b"), ChatChunks.Finish("stop"), ChatChunks.Usage(1, 2))),
        ["while the upstream goes on"] = (3, DeafAsync),
    };

    [Fact]
    public async Task The_upstream_is_left_at_once_the_receipt_is_true_and_the_partial_answer_is_kept()
    {
        await using var upstream = new ScriptedUpstream(static exchange => Positions[exchange.Request.Json.GetProperty("model").GetString()!].Script(exchange));
        var tools = new ConcurrentQueue<WaitingTool>();
        await using var server = await ServerUnderTest.StartAsync(upstream, services: services => services.AddPasswindowTool("wait", "Waits until it is told to stop.", async (CancellationToken stop) =>
        {
            var tool = new WaitingTool();
            tools.Enqueue(tool);
            return await tool.RunAsync(stop);
        }));
        var times = new List<double>();
        for (int i = 0; i < TestDepth.Rounds(100, 1000); i++)
        {
            var (position, (events, _)) = Positions.ElementAt(i % Positions.Count);
            times.Add((await StopAsync(server, upstream, tools, position, events)).TotalMilliseconds);
        }

        Assert.Empty(tools);
        times.Sort();
        double p99 = times[(int)Math.Ceiling(times.Count * 0.99) - 1];
        output.WriteLine($"{times.Count} stops: the upstream saw the close, or the tool the cancellation, after {times[times.Count / 2]:F1} ms (median), {p99:F1} ms (99th percentile), {times[^1]:F1} ms (longest)");
        Assert.InRange(p99, 0, Longest99.TotalMilliseconds);
        await Waiting.ForAsync(() => server.Engine.Turns.Count == 0);
    }

    [Fact]
    public async Task A_turn_that_waits_for_another_is_stopped_before_anything_was_asked()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.SilenceAsync());
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var running = await server.AskAsync(Asking.Body(conversation: "c1"));
        await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience);
        for (int i = 0; i < TestDepth.Rounds(10, 100); i++)
        {
            await using var waiting = await server.AskAsync(new JsonObject { ["message"] = "Hi", ["conversation_id"] = "c1", ["if_active"] = "enqueue" }.ToJsonString());
            var receipt = await ReceiptAsync(server, waiting.Turn(), HttpStatusCode.Accepted);
            var events = await waiting.RestAsync();
            Assert.Equal("stopped", events.FinishReason());
            Assert.Equal(events[^1].Seq(), receipt.GetProperty("last_seq").GetInt64());
        }

        Assert.Single(upstream.Requests);
    }

    private static async Task<TimeSpan> StopAsync(
        ServerUnderTest server, ScriptedUpstream upstream, ConcurrentQueue<WaitingTool> tools, string position, int count)
    {
        int index = upstream.Exchanges.Count;
        await using var viewer = await server.AskAsync(Asking.Body(model: $"up/{position}", tools: "look"));
        var seen = await viewer.NextAsync(count);
        var exchange = await upstream.ExchangeAsync(index).WaitAsync(ServerUnderTest.Patience);
        WaitingTool? tool = null;
        if (position == InATool)
            await Waiting.ForAsync(() => tools.TryDequeue(out tool));

        long asked = TimeProvider.System.GetTimestamp();
        var receipt = await ReceiptAsync(server, viewer.Turn(), HttpStatusCode.Accepted);
        long left = tool is not null
            ? await tool.CancelledAt.WaitAsync(ServerUnderTest.Patience)
            : (await exchange.ClientGone.WaitAsync(ServerUnderTest.Patience)).At;

        seen.AddRange(await viewer.RestAsync());
        Assert.Equal("stopped", seen.FinishReason());
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(static seq => (long)seq), seen.Select(EventFrames.Seq));
        Assert.Equal(("stopped", seen[^1].Seq()), (receipt.GetProperty("finish_reason").GetString(), receipt.GetProperty("last_seq").GetInt64()));
        Assert.DoesNotContain(seen, static each => each.Type is "error" or "tool_result");
        Assert.Equal(tool is null ? 0 : 1, seen.Count(static each => each.Type == "tool_call"));
        Assert.Equal(index + 1, upstream.Exchanges.Count); // no further round
        Assert.Equal(receipt.ToString(), (await ReceiptAsync(server, viewer.Turn(), HttpStatusCode.OK)).ToString());

        // What the journal kept is what was shown, and nothing came after.
        await using var later = await server.WatchAsync($"/chat/turns/{viewer.Turn()}/events");
        Assert.Equal(seen.Select(static each => each.Data), (await later.RestAsync()).Select(static each => each.Data));
        return TimeProvider.System.GetElapsedTime(asked, left);
    }

    private static async Task<JsonElement> ReceiptAsync(ServerUnderTest server, string turn, HttpStatusCode status)
    {
        var response = await server.StopTurnAsync(turn);
        Assert.Equal(status, response.StatusCode);
        return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
    }

    private static async Task ThenSilenceAsync(UpstreamExchange exchange, params byte[][] frames)
    {
        await exchange.HeadAsync();
        foreach (byte[] frame in frames)
            await exchange.WriteAsync(frame);
        await exchange.SilenceAsync();
    }

    // Writes on for as long as somebody takes it.
    private static async Task DeafAsync(UpstreamExchange exchange)
    {
        while (!exchange.ClientGone.IsCompleted)
        {
            await exchange.WriteAsync(ChatChunks.Text("x"));
            await Task.WhenAny(exchange.ClientGone, Task.Delay(1));
        }

        await exchange.SilenceAsync();
    }

    /// <summary>A tool that does nothing but notice when it is cancelled.</summary>
    private sealed class WaitingTool
    {
        private readonly TaskCompletionSource<long> _cancelledAt = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<long> CancelledAt => _cancelledAt.Task;

        public async Task<string> RunAsync(CancellationToken stop)
        {
            using var registered = stop.Register(() => _cancelledAt.TrySetResult(TimeProvider.System.GetTimestamp()));
            await _cancelledAt.Task;
            return "too late";
        }
    }
}
