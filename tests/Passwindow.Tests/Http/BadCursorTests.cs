using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>A position that is none of this turn's is refused: to begin anywhere else in silence would show events twice or leave some out.</summary>
public sealed class BadCursorTests
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("TURN")]
    [InlineData("TURN:")]
    [InlineData("TURN:x")]
    [InlineData("TURN:-1")]
    [InlineData("TURN:+1")]
    [InlineData("TURN:1 2")]
    [InlineData("TURN:1.0")]
    [InlineData("TURN:99")]
    [InlineData("TURN:9223372036854775807")]
    [InlineData("TURN:9223372036854775808")]
    [InlineData("TURN:99999999999999999999")]
    [InlineData("TURN:0x1")]
    [InlineData("TURN:1,TURN:2")]
    [InlineData("t_other:1")]
    [InlineData(":1")]
    public async Task A_Last_Event_ID_that_is_none_of_the_turn_is_400(string id)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        string turn = await TurnAsync(server);
        await using var viewer = await server.WatchAsync($"/chat/turns/{turn}/events", id.Replace("TURN", turn, StringComparison.Ordinal));

        Assert.Equal(400, (int)viewer.Response.StatusCode);
    }

    [Theory]
    [InlineData("/chat/stream?prompt=Hi")]
    [InlineData("/chat/conversations/c/events")]
    [InlineData("/chat/turns/TURN/events")]
    public async Task Two_of_them_are_400_and_33_KB_are_431(string path)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        string turn = await TurnAsync(server);
        path = path.Replace("TURN", turn, StringComparison.Ordinal);

        string head = $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        Assert.StartsWith("HTTP/1.1 400", await RawHttp.AskAsync(server.Address, $"{head}Last-Event-ID: {turn}:1\r\nLast-Event-ID: {turn}:2\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await RawHttp.AskAsync(server.Address, $"{head}Last-Event-ID: {turn}:1\0\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await RawHttp.AskAsync(server.Address, $"{head}Last-Event-ID: {turn}:\u00e9\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431", await RawHttp.AskAsync(server.Address, $"{head}Last-Event-ID: {new string('a', 33 * 1024)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.Single(upstream.Exchanges);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1&after=2")]
    [InlineData("99")]
    [InlineData("9223372036854775808")]
    [InlineData("%201")]
    [InlineData("1%00")]
    public async Task An_after_that_is_no_event_of_the_turn_is_400(string after)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        using var response = await server.Http.GetAsync($"/chat/turns/{await TurnAsync(server)}/events?after={after}");

        Assert.Equal((400, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task An_empty_Last_Event_ID_is_how_a_client_says_that_it_has_none()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.WatchAsync($"/chat/turns/{await TurnAsync(server)}/events", "");

        Assert.Equal("start", (await viewer.RestAsync())[0].Type);
    }

    private static async Task<string> TurnAsync(ServerUnderTest server)
    {
        await using var viewer = await server.AskAsync(Asking.Body(conversation: "c"));
        await viewer.RestAsync();
        return viewer.Turn();
    }
}
