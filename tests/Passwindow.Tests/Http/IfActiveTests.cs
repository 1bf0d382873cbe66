using System.Net;
using System.Text.Json.Nodes;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>A turn for a conversation that has a running one: refused, in its place, or behind it.</summary>
public sealed class IfActiveTests : IAsyncLifetime
{
    private readonly ScriptedUpstream _upstream = new(static async exchange =>
    {
        await exchange.WriteAsync(ChatChunks.Text("a"));
        await exchange.SilenceAsync();
    });

    private ServerUnderTest _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerUnderTest.StartAsync(_upstream, static settings => settings.Linger = TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private static string Body(string message, string? ifActive) =>
        new JsonObject { ["message"] = message, ["conversation_id"] = "c1", ["if_active"] = ifActive }.ToJsonString();

    private Task<EventStreamClient> AskAsync(string message, string? ifActive = null) => _server.AskAsync(Body(message, ifActive));

    /// <summary>A turn that runs and has said "a".</summary>
    private async Task<EventStreamClient> RunAsync(string message = "one")
    {
        var viewer = await AskAsync(message);
        await viewer.NextAsync(2);
        return viewer;
    }

    /// <summary>What a model was told, as "role: text".</summary>
    private async Task<string[]> ToldAsync(int request) =>
        [.. (await _upstream.ExchangeAsync(request).WaitAsync(ServerUnderTest.Patience)).Request.Json.GetProperty("messages").EnumerateArray()
            .Select(each => $"{each.GetProperty("role")}: {each.GetProperty("content")}")];

    [Theory]
    [InlineData(null)]
    [InlineData("reject")]
    public async Task Refused(string? ifActive)
    {
        await using var running = await RunAsync();
        await using var refused = await AskAsync("two", ifActive);
        Assert.Equal(HttpStatusCode.Conflict, refused.Response.StatusCode);
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task A_word_that_is_none_is_refused()
    {
        await using var refused = await AskAsync("two", "later");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Response.StatusCode);
    }

    [Fact]
    public async Task Interrupt_stops_the_running_turn_and_tells_the_model_what_it_had_said()
    {
        await using var running = await RunAsync();
        await using var next = await AskAsync("two", "interrupt");

        Assert.Equal("stopped", (await running.RestAsync()).FinishReason());
        Assert.Equal(["user: one", "assistant: a", "user: two"], await ToldAsync(1));
        Assert.Equal(["start", "token"], (await next.NextAsync(2)).Select(each => each.Type));
        await (await _upstream.ExchangeAsync(0)).ClientGone.WaitAsync(ServerUnderTest.Patience);
    }

    [Fact]
    public async Task Enqueued_turns_run_one_after_the_other_in_their_order_and_each_knows_those_before_it()
    {
        await using var one = await RunAsync();
        await using var two = await AskAsync("two", "enqueue");
        await using var three = await AskAsync("three", "enqueue");

        // They exist from the first moment, so that they can be watched and stopped; no upstream is asked for them yet.
        Assert.Equal("start", (await two.NextAsync(1))[0].Type);
        Assert.Equal("start", (await three.NextAsync(1))[0].Type);
        Assert.Single(_upstream.Requests);

        await _server.StopTurnAsync(one.Turn());
        Assert.Equal(["user: one", "assistant: a", "user: two"], await ToldAsync(1));
        await two.NextAsync(1);
        Assert.Equal(2, _upstream.Requests.Count);
        await _server.StopTurnAsync(two.Turn());
        Assert.Equal(["user: one", "assistant: a", "user: two", "assistant: a", "user: three"], await ToldAsync(2));
    }

    [Fact]
    public async Task A_turn_stopped_while_it_waits_never_asks_and_lets_the_one_behind_it_pass()
    {
        await using var one = await RunAsync();
        await using var two = await AskAsync("two", "enqueue");
        await using var three = await AskAsync("three", "enqueue");

        Assert.Equal(HttpStatusCode.Accepted, (await _server.StopTurnAsync(two.Turn())).StatusCode);
        Assert.Equal(["start", "usage", "done"], (await two.RestAsync()).Select(each => each.Type));
        Assert.Single(_upstream.Requests);

        await _server.StopTurnAsync(one.Turn());
        Assert.Equal(["user: one", "assistant: a", "user: two", "user: three"], await ToldAsync(1));
    }

    [Fact]
    public async Task A_viewer_that_leaves_while_its_turn_waits_abandons_it_and_nobody_is_asked()
    {
        await using var one = await RunAsync();
        var two = await AskAsync("two", "enqueue");
        var turn = _server.Engine.Turns.Find(new TurnKey(TenantId.Default, new TurnId(two.Turn())))!;
        two.Cut();
        await turn.Completion.WaitAsync(ServerUnderTest.Patience);

        await using var later = await _server.WatchAsync($"/chat/turns/{turn.Opening.Turn}/events");
        Assert.Equal("abandoned", (await later.RestAsync()).FinishReason());
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task Going_down_ends_the_running_and_the_waiting_turn_as_interrupted()
    {
        await using var one = await RunAsync();
        await using var two = await AskAsync("two", "enqueue");

        await _server.StopAsync().WaitAsync(ServerUnderTest.Patience);

        Assert.Equal("interrupted", (await one.RestAsync()).FinishReason());
        Assert.Equal("interrupted", (await two.RestAsync()).FinishReason());
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task Interrupt_stops_those_that_wait_as_well()
    {
        await using var one = await RunAsync();
        await using var two = await AskAsync("two", "enqueue");
        await using var three = await AskAsync("three", "interrupt");

        Assert.Equal("stopped", (await one.RestAsync()).FinishReason());
        Assert.Equal("stopped", (await two.RestAsync()).FinishReason());
        Assert.Equal("user: three", (await ToldAsync(1))[^1]);
    }

    [Fact]
    public async Task The_eighteenth_in_line_is_refused_and_the_running_turn_is_the_conversations_one()
    {
        await using var one = await RunAsync();
        var waiting = new List<EventStreamClient>();
        for (int i = 0; i < 16; i++)
            waiting.Add(await AskAsync("more", "enqueue"));
        await using var refused = await AskAsync("too many", "enqueue");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Response.StatusCode);
        Assert.NotNull(refused.Response.Headers.RetryAfter);
        await using var watching = await _server.WatchAsync("/chat/conversations/c1/events");
        Assert.Equal(one.Turn(), watching.Turn());
        foreach (var each in waiting)
            each.Cut();
    }

    [Fact]
    public async Task The_time_of_a_turn_does_not_run_while_it_waits()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("b")));
        upstream.Next(static async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("a"));
            await exchange.SilenceAsync();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream, static settings => settings.TurnTimeout = TimeSpan.FromMilliseconds(600));
        await using var one = await server.AskAsync(Body("one", null));
        await one.NextAsync(2);
        await using var two = await server.AskAsync(Body("two", "enqueue"));

        Assert.Equal("error", (await one.RestAsync()).FinishReason());
        Assert.Equal("stop", (await two.RestAsync()).FinishReason());
    }
}
