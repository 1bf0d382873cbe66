using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>A browser's <c>EventSource</c> on <c>GET /chat/stream</c>: it comes back by itself, with <c>Last-Event-ID</c>, until it is answered 204.</summary>
public sealed class EventSourceTests
{
    [Theory]
    [InlineData("native")]
    [InlineData("text")]
    public async Task One_that_is_cut_comes_back_to_the_same_turn_and_stops_after_done(string dialect)
    {
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("one"));
            await goOn.WaitAsync();
            await exchange.WriteAsync(ChatChunks.Answer(" two"));
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        string address = $"/chat/stream?prompt=Hi&dialect={dialect}";

        var first = await server.WatchAsync(address);
        string turn = first.Turn();
        var said = new List<StreamEvent>();
        while (!said.Exists(each => each.Type == "token"))
            said.AddRange(await first.NextAsync(1));
        first.Cut();

        await using var second = await server.WatchAsync(address, first.LastEventId);
        goOn.Release();
        said.AddRange(await second.RestAsync());
        await using var third = await server.WatchAsync(address, second.LastEventId);

        Assert.Equal(turn, second.Turn());
        string[] texts = [.. said.Where(each => each.Type == "token").Select(each => dialect == "native" ? each.Field("token")! : each.Data)];
        Assert.Equal(["one", " two"], texts);
        Assert.Equal("done", said[^1].Type);
        Assert.Equal(204, (int)third.Response.StatusCode);
        Assert.Single(upstream.Exchanges);
    }

    [Fact]
    public async Task One_that_is_cut_before_the_first_token_comes_back_to_the_same_turn()
    {
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await goOn.WaitAsync();
            await exchange.WriteAsync(ChatChunks.Answer("late"));
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var first = await server.WatchAsync("/chat/stream?prompt=Hi&dialect=text");
        while (first.LastEventId.Length == 0)
            await first.FillAsync().WaitAsync(ServerUnderTest.Patience);
        first.Cut();
        goOn.Release();
        await using var second = await server.WatchAsync("/chat/stream?prompt=Hi&dialect=text", first.LastEventId);

        Assert.Equal(["late", "[DONE]"], (await second.RestAsync()).Select(each => each.Data));
        Assert.Single(upstream.Exchanges);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Dest", "image")]
    [InlineData("Sec-Fetch-Dest", "script")]
    [InlineData("Sec-Fetch-Dest", "document")]
    [InlineData("Sec-Fetch-Dest", "iframe")]
    public async Task A_page_that_embeds_the_address_starts_nothing(string header, string value)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var request = new HttpRequestMessage(HttpMethod.Get, "/chat/stream?prompt=Hi") { Headers = { { header, value } } };
        using var response = await server.Http.SendAsync(request);

        Assert.Equal(403, (int)response.StatusCode);
        Assert.Empty(upstream.Exchanges);
    }

    [Theory]
    [InlineData("same-origin")]
    [InlineData("none")]
    public async Task A_page_of_ours_may(string site)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var request = new HttpRequestMessage(HttpMethod.Get, "/chat/stream?prompt=Hi") { Headers = { { "Sec-Fetch-Site", site }, { "Sec-Fetch-Dest", "empty" } } };
        await using var viewer = await EventStreamClient.OpenAsync(server.Http, request);

        Assert.Equal("x", (await viewer.RestAsync()).Text());
    }

    [Theory]
    [InlineData("/chat/stream")]
    [InlineData("/chat/stream?prompt=")]
    [InlineData("/chat/stream?prompt=%20%0A")]
    [InlineData("/chat/stream?prompt=a&prompt=b")]
    [InlineData("/chat/stream?prompt=a&conversation_id=a/b")]
    [InlineData("/chat/stream?prompt=a&conversation_id=a&conversation_id=b")]
    [InlineData("/chat/stream?prompt=a&model=")]
    [InlineData("/chat/stream?prompt=a&dialect=klingon")]
    public async Task A_query_that_asks_nothing_clear_starts_nothing(string address)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        using var response = await server.Http.GetAsync(address);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(upstream.Exchanges);
    }
}
