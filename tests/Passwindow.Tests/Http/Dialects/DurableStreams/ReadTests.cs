using System.Net;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http.Dialects.DurableStreams;

public sealed class ReadTests : IAsyncLifetime
{
    private readonly SemaphoreSlim _goOn = new(0);
    private readonly ScriptedUpstream _upstream;
    private readonly HandTime _time = new();
    private ServerUnderTest _server = null!;

    public ReadTests() => _upstream = new ScriptedUpstream(async exchange =>
    {
        await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("Hel")]);
        await _goOn.WaitAsync();
        await exchange.WriteAsync((byte[])[.. ChatChunks.Text("lo"), .. ChatChunks.Finish("stop"), .. ChatChunks.Done]);
    });

    public async ValueTask InitializeAsync() => _server = await ServerUnderTest.StartAsync(_upstream, time: _time);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
        _goOn.Dispose();
    }

    [Fact]
    public async Task It_gives_what_is_committed_and_from_where_to_go_on()
    {
        await using var viewer = await BeginAsync();

        using var first = await GetAsync(viewer, "");
        Assert.Equal(["start", "token"], await TypesAsync(first));
        Assert.Equal(("0000000000000002", "true", null, "private, no-cache", "nosniff", "same-origin"), (
            Head(first, "Stream-Next-Offset"), Head(first, "Stream-Up-To-Date"), Head(first, "Stream-Closed"), first.Headers.CacheControl?.ToString().Replace("no-cache, private", "private, no-cache", StringComparison.Ordinal),
            Head(first, "X-Content-Type-Options"), Head(first, "Cross-Origin-Resource-Policy")));
        Assert.Equal("application/json", first.Content.Headers.ContentType?.ToString());
        await EndAsync(viewer);

        using var rest = await GetAsync(viewer, "?offset=0000000000000002");
        Assert.Equal(["token", "usage", "done"], await TypesAsync(rest));
        Assert.Equal(("0000000000000005", "true", "true"), (Head(rest, "Stream-Next-Offset"), Head(rest, "Stream-Up-To-Date"), Head(rest, "Stream-Closed")));
        using var end = await GetAsync(viewer, "?offset=0000000000000005");
        Assert.Equal(("[]", "true"), (await end.Content.ReadAsStringAsync(), Head(end, "Stream-Closed")));
        using var now = await GetAsync(viewer, "?offset=now");
        Assert.Equal(("[]", "0000000000000005", "no-store"), (await now.Content.ReadAsStringAsync(), Head(now, "Stream-Next-Offset"), now.Headers.CacheControl?.ToString()));
    }

    [Fact]
    public async Task Its_head_says_where_it_stands()
    {
        await using var viewer = await BeginAsync();
        using var open = await HeadAsync(viewer.Turn());
        Assert.Equal((200, "0000000000000002", null), ((int)open.StatusCode, Head(open, "Stream-Next-Offset"), Head(open, "Stream-Closed")));
        await EndAsync(viewer);

        using var closed = await HeadAsync(viewer.Turn());
        Assert.Equal(("0000000000000005", "true", "no-store", ""), (Head(closed, "Stream-Next-Offset"), Head(closed, "Stream-Closed"), closed.Headers.CacheControl?.ToString(), await closed.Content.ReadAsStringAsync()));
        Assert.Equal(404, (int)(await HeadAsync("t_none")).StatusCode);
    }

    [Fact]
    public async Task A_known_tag_is_not_sent_again_and_the_end_has_another()
    {
        await using var viewer = await BeginAsync();
        string open = (await GetAsync(viewer, "?offset=-1")).Headers.ETag!.Tag;
        Assert.Equal(304, await StatusAsync(viewer, open));
        await EndAsync(viewer);

        Assert.Equal(200, await StatusAsync(viewer, open));
        string closed = (await GetAsync(viewer, "?offset=-1")).Headers.ETag!.Tag;
        Assert.NotEqual(open, closed);
        Assert.Equal(304, await StatusAsync(viewer, $"\"other\", {closed}"));
    }

    [Theory]
    [InlineData("?offset=")]
    [InlineData("?offset=2")]
    [InlineData("?offset=0,1")]
    [InlineData("?offset=0%201")]
    [InlineData("?offset=-1&offset=-1")]
    [InlineData("?offset=0000000000000009")]
    [InlineData("?offset=-000000000000001")]
    [InlineData("?live=long-poll")]
    [InlineData("?live=sse")]
    [InlineData("?offset=-1&live=yes")]
    public async Task A_bad_offset_is_refused(string query)
    {
        await using var viewer = await BeginAsync();

        using var response = await GetAsync(viewer, query, HttpStatusCode.BadRequest);

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        await EndAsync(viewer);
    }

    [Theory, InlineData("PUT"), InlineData("POST"), InlineData("DELETE"), InlineData("PATCH")]
    public async Task It_can_only_be_read(string method)
    {
        await using var viewer = await BeginAsync();

        using var response = await _server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/streams/{viewer.Turn()}") { Content = new StringContent("[]") });

        Assert.Equal((405, "GET, HEAD"), ((int)response.StatusCode, string.Join(", ", response.Content.Headers.Allow)));
        await EndAsync(viewer);
    }

    [Fact]
    public async Task Where_nothing_is_there_is_404()
    {
        using var response = await _server.Http.GetAsync("/streams/t_none?offset=now&live=sse");

        Assert.Equal(404, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_long_poll_waits_for_the_next_event()
    {
        await using var viewer = await BeginAsync();
        using var there = await GetAsync(viewer, "?offset=-1&live=long-poll");
        Assert.Equal(["start", "token"], await TypesAsync(there));
        string cursor = Head(there, "Stream-Cursor")!;
        var waiting = GetAsync(viewer, $"?offset=now&live=long-poll&cursor={cursor}");
        await Waiting.ForAsync(() => Running(viewer).Viewers == 2);
        _goOn.Release();

        using var came = await waiting;
        Assert.Equal("token", (await TypesAsync(came))[0]);
        await viewer.RestAsync();
        using var end = await GetAsync(viewer, "?offset=0000000000000005&live=long-poll", HttpStatusCode.NoContent);
        Assert.Equal(("true", "true", "0000000000000005", null), (Head(end, "Stream-Closed"), Head(end, "Stream-Up-To-Date"), Head(end, "Stream-Next-Offset"), Head(end, "Stream-Cursor")));
    }

    [Fact]
    public async Task A_long_poll_in_vain_ends_after_25_seconds_with_a_later_cursor()
    {
        await using var viewer = await BeginAsync();
        string cursor = Head(await GetAsync(viewer, "?offset=-1&live=long-poll"), "Stream-Cursor")!;
        var due = _time.TimerDueInAsync(TimeSpan.FromSeconds(25));
        var waiting = GetAsync(viewer, $"?offset=0000000000000002&live=long-poll&cursor={cursor}", HttpStatusCode.NoContent);
        await due.WaitAsync(ServerUnderTest.Patience);
        _time.Advance(TimeSpan.FromSeconds(24));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        using var nothing = await waiting;
        Assert.Equal(("0000000000000002", "true", null), (Head(nothing, "Stream-Next-Offset"), Head(nothing, "Stream-Up-To-Date"), Head(nothing, "Stream-Closed")));
        Assert.True(long.Parse(Head(nothing, "Stream-Cursor")!) > long.Parse(cursor));
        await EndAsync(viewer);
    }

    [Fact]
    public async Task Over_sse_every_event_is_followed_by_where_to_go_on()
    {
        await using var viewer = await BeginAsync();
        await using var live = await _server.WatchAsync($"/streams/{viewer.Turn()}?offset=-1&live=sse");
        var events = await live.NextAsync(4);
        Assert.Equal(["data", "control", "data", "control"], events.Select(static each => each.Type));
        Assert.Equal("token", JsonElement.Parse(events[2].Data)[0].GetProperty("type").GetString());
        var control = events[3].Json();
        Assert.Equal(("0000000000000002", true, false), (control.GetProperty("streamNextOffset").GetString(), control.GetProperty("upToDate").GetBoolean(), control.TryGetProperty("streamClosed", out _)));
        Assert.Matches("^[0-9]+$", control.GetProperty("streamCursor").GetString());
        _goOn.Release();

        var rest = await live.RestAsync();
        Assert.Equal("""{"streamNextOffset":"0000000000000005","upToDate":true,"streamClosed":true}""", rest[^1].Data);
        await using var resumed = await _server.WatchAsync($"/streams/{viewer.Turn()}?offset=0000000000000004&live=sse");
        Assert.Equal(rest.TakeLast(2), await resumed.RestAsync());
        await using var end = await _server.WatchAsync($"/streams/{viewer.Turn()}?offset=now&live=sse");
        Assert.Equal([rest[^1]], await end.RestAsync());
    }

    [Fact]
    public async Task Who_comes_at_the_end_is_told_at_once_and_sent_away_after_a_minute()
    {
        await using var viewer = await BeginAsync();
        await using var live = await _server.WatchAsync($"/streams/{viewer.Turn()}?offset=now&live=sse");
        var told = Assert.Single(await live.NextAsync(1)).Json();
        Assert.Equal(("0000000000000002", true), (told.GetProperty("streamNextOffset").GetString(), told.GetProperty("upToDate").GetBoolean()));
        _time.Advance(TimeSpan.FromSeconds(59));
        await Waiting.ForAsync(() => Running(viewer).Viewers == 2);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await live.RestAsync());
        await EndAsync(viewer);
    }

    [Fact]
    public async Task Any_turn_is_shown_so_on_its_events_too()
    {
        await using var viewer = await BeginAsync();
        await EndAsync(viewer);

        await using var whole = await _server.WatchAsync($"/chat/turns/{viewer.Turn()}/events?dialect=durable-streams");
        await using var rest = await _server.WatchAsync($"/chat/turns/{viewer.Turn()}/events?dialect=durable-streams&after=2");
        var events = await whole.RestAsync();
        Assert.Equal((10, "start"), (events.Count, JsonElement.Parse(events[0].Data)[0].GetProperty("type").GetString()));
        Assert.Equal(events.Skip(4), await rest.RestAsync());
    }

    private Turns.RunningTurn Running(EventStreamClient viewer) => _server.Engine.Turns.Find(new(Protocol.TenantId.Default, new(viewer.Turn())))!;

    private async Task<EventStreamClient> BeginAsync()
    {
        var viewer = await _server.AskAsync();
        await viewer.NextAsync(2);
        return viewer;
    }

    private async Task EndAsync(EventStreamClient viewer)
    {
        _goOn.Release();
        await viewer.RestAsync();
        await Waiting.ForAsync(() => _server.Engine.Turns.Count == 0);
    }

    private async Task<HttpResponseMessage> GetAsync(EventStreamClient viewer, string query, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var response = await _server.Http.GetAsync($"/streams/{viewer.Turn()}{query}").WaitAsync(ServerUnderTest.Patience);
        Assert.Equal(expected, response.StatusCode);
        return response;
    }

    private Task<HttpResponseMessage> HeadAsync(string turn) => _server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/streams/{turn}")).WaitAsync(ServerUnderTest.Patience);

    private async Task<int> StatusAsync(EventStreamClient viewer, string tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/streams/{viewer.Turn()}?offset=-1");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var response = await _server.Http.SendAsync(request).WaitAsync(ServerUnderTest.Patience);
        return (int)response.StatusCode;
    }

    private static string? Head(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static async Task<IReadOnlyList<string>> TypesAsync(HttpResponseMessage response) =>
        [.. JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).EnumerateArray().Select(static each => each.GetProperty("type").GetString()!)];
}
