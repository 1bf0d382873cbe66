using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>By default a turn goes on for a while after its last viewer left; the clock is set by hand.</summary>
public sealed class LingerTests
{
    [Fact]
    public async Task A_turn_that_nobody_watches_goes_on_and_can_be_resumed()
    {
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = Slow(goOn);
        await using var server = await ServerUnderTest.StartAsync(upstream, time: new HandTime());
        var first = await server.AskAsync();
        var seen = await first.NextAsync(2);
        first.Cut();
        var end = EndOf(server, first.Turn()); // found while it runs
        goOn.Release();
        await end;
        await using var second = await server.WatchAsync($"/chat/turns/{first.Turn()}/events", seen[^1].Id);
        var rest = await second.RestAsync();

        Assert.Equal(" two", rest.Text());
        Assert.Equal("stop", rest.FinishReason());
        Assert.Single(upstream.Exchanges);
    }

    [Fact]
    public async Task After_15_seconds_without_a_viewer_it_is_abandoned_and_keeps_what_was_said()
    {
        var time = new HandTime();
        await using var upstream = Slow(new SemaphoreSlim(0));
        await using var server = await ServerUnderTest.StartAsync(upstream, time: time);
        var first = await server.AskAsync();
        await first.NextAsync(2);
        await LeaveAsync(server, first);
        time.Advance(TimeSpan.FromSeconds(14.8));
        Assert.Equal(1, server.Engine.Turns.Count);
        time.Advance(TimeSpan.FromSeconds(0.4));
        await upstream.Exchanges[0].ClientGone.WaitAsync(ServerUnderTest.Patience);
        await using var later = await server.WatchAsync($"/chat/turns/{first.Turn()}/events");
        var events = await later.RestAsync();

        Assert.Equal("one", events.Text());
        Assert.Equal("abandoned", events.FinishReason());
    }

    [Fact]
    public async Task What_it_says_to_nobody_is_counted_in_the_list_and_in_the_conversation()
    {
        var time = new HandTime();
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("one"));
            if (await Task.WhenAny(goOn.WaitAsync(), exchange.ClientGone) == exchange.ClientGone)
                return;
            await exchange.WriteAsync(ChatChunks.Text(" two"));
            await exchange.WriteAsync(ChatChunks.Text(" three"));
            await exchange.SilenceAsync();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream, time: time);
        long total = 0;
        for (int turns = 1; turns <= 2; turns++)
        {
            var viewer = await server.AskAsync(Asking.Body(conversation: "c_1"));
            await viewer.NextAsync(2);
            var running = Running(server, viewer.Turn());
            Assert.Equal(total, Counted(await server.GetJsonAsync("/chat/conversations/c_1")));
            await LeaveAsync(server, viewer);
            goOn.Release();
            await Waiting.ForAsync(() => running.TokensToNobody == 2);
            time.Advance(TimeSpan.FromSeconds(16));
            await running.Completion.WaitAsync(ServerUnderTest.Patience);
            total += 2;
            Assert.Equal(total, Counted(await server.GetJsonAsync("/chat/conversations/c_1")));
            Assert.Equal(total, Counted((await server.GetJsonAsync("/chat/conversations")).GetProperty("conversations")[0]));
        }

        // Absent, not 0.
        static long Counted(System.Text.Json.JsonElement json)
        {
            if (!json.TryGetProperty("abandoned_tokens", out var tokens))
                return 0;
            Assert.NotEqual(0, tokens.GetInt64());
            return tokens.GetInt64();
        }
    }

    [Fact]
    public async Task A_viewer_that_comes_back_in_time_keeps_it_alive_and_the_count_begins_anew()
    {
        var time = new HandTime();
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = Slow(goOn);
        await using var server = await ServerUnderTest.StartAsync(upstream, time: time);
        var first = await server.AskAsync();
        var seen = await first.NextAsync(2);
        await LeaveAsync(server, first);
        time.Advance(TimeSpan.FromSeconds(14));

        var second = await server.WatchAsync($"/chat/turns/{first.Turn()}/events", seen[^1].Id);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, server.Engine.Turns.Count);
        await LeaveAsync(server, second);
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(1, server.Engine.Turns.Count);
        await using var third = await server.WatchAsync($"/chat/turns/{first.Turn()}/events", seen[^1].Id);
        goOn.Release();

        Assert.Equal("stop", (await third.RestAsync()).FinishReason());
    }

    [Fact]
    public async Task With_infinite_it_finishes_whoever_watches()
    {
        var time = new HandTime();
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = Slow(goOn);
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.Linger = Timeout.InfiniteTimeSpan, time: time);
        var first = await server.AskAsync();
        await first.NextAsync(2);
        await LeaveAsync(server, first);
        time.Advance(TimeSpan.FromSeconds(50)); // less than the limit between tokens
        var end = EndOf(server, first.Turn()); // found while it runs
        goOn.Release();
        await end;
        await using var later = await server.WatchAsync($"/chat/turns/{first.Turn()}/events");

        Assert.Equal("stop", (await later.RestAsync()).FinishReason());
    }

    private static ScriptedUpstream Slow(SemaphoreSlim goOn) => new(async exchange =>
    {
        await exchange.WriteAsync(ChatChunks.Text("one"));
        if (await Task.WhenAny(goOn.WaitAsync(), exchange.ClientGone) != exchange.ClientGone)
            await exchange.WriteAsync(ChatChunks.Answer(" two"));
    });

    // The count begins when the leaving is noticed.
    private static async Task LeaveAsync(ServerUnderTest server, EventStreamClient viewer)
    {
        var turn = Running(server, viewer.Turn());
        viewer.Cut();
        await Waiting.ForAsync(() => turn.Viewers == 0);
    }

    private static Task EndOf(ServerUnderTest server, string turn) => Running(server, turn).Completion.WaitAsync(ServerUnderTest.Patience);

    private static Turns.RunningTurn Running(ServerUnderTest server, string turn) =>
        server.Engine.Turns.Find(new Protocol.TurnKey(Protocol.TenantId.Default, new Protocol.TurnId(turn)))!;
}
