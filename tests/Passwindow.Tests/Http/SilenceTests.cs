using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>An upstream that says nothing: viewers are kept awake, and the turn ends when it has waited long enough. The clock is set by hand.</summary>
public sealed class SilenceTests
{
    public enum Moment
    {
        BeforeTheFirstToken,
        BetweenTokens,
    }

    [Theory]
    [InlineData(Moment.BeforeTheFirstToken, "native")]
    [InlineData(Moment.BeforeTheFirstToken, "text")]
    [InlineData(Moment.BetweenTokens, "keyed")]
    [InlineData(Moment.BetweenTokens, "data")]
    public async Task A_ping_comes_after_10_seconds(Moment moment, string dialect)
    {
        var time = new HandTime();
        await using var upstream = Silent(moment);
        await using var server = await ServerUnderTest.StartAsync(upstream, time: time);
        await using var viewer = await server.AskAsync(dialect: dialect);
        await using var native = await server.WatchAsync($"/chat/turns/{viewer.Turn()}/events");
        await native.NextAsync(moment == Moment.BetweenTokens ? 2 : 1);
        await Waiting.ForAsync(() => time.ArmedTimers > 0);
        while (viewer.Raw.Length < EventFrames.Of(dialect, EventStreamParser.Parse(native.Raw)).Length)
            await viewer.FillAsync().WaitAsync(ServerUnderTest.Patience);

        var ping = viewer.FillAsync();
        var waited = TimeSpan.Zero;
        while (!ping.IsCompleted && waited < TimeSpan.FromMinutes(1))
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            waited += TimeSpan.FromSeconds(0.5);
            await Task.WhenAny(ping, Task.Delay(10)); // the server's turn; the clock stands still
        }

        await ping;
        Assert.Equal(1, viewer.Comments);
        Assert.EndsWith("\n\n: ping\n\n", System.Text.Encoding.UTF8.GetString(viewer.Raw), StringComparison.Ordinal);
        Assert.InRange(waited, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15));
    }

    [Theory]
    [InlineData(Moment.BeforeTheFirstToken)]
    [InlineData(Moment.BetweenTokens)]
    public async Task One_that_stays_silent_ends_the_turn_with_a_timeout(Moment moment)
    {
        var time = new HandTime();
        await using var upstream = Silent(moment);
        await using var server = await ServerUnderTest.StartAsync(upstream, options =>
        {
            options.FirstTokenTimeout = TimeSpan.FromSeconds(moment == Moment.BeforeTheFirstToken ? 5 : 1_000);
            options.TokenTimeout = TimeSpan.FromSeconds(moment == Moment.BetweenTokens ? 5 : 1_000);
        }, time: time);
        await using var viewer = await server.AskAsync();
        await viewer.NextAsync(moment == Moment.BetweenTokens ? 2 : 1);
        var exchange = await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience);
        time.Advance(TimeSpan.FromSeconds(4.8));
        Assert.Equal(1, server.Engine.Turns.Count);
        time.Advance(TimeSpan.FromSeconds(0.4));

        CheckTimeout(await viewer.RestAsync());
        await exchange.ClientGone.WaitAsync(ServerUnderTest.Patience);
    }

    [Fact]
    public async Task A_turn_that_talks_on_for_too_long_is_ended()
    {
        var time = new HandTime();
        await using var upstream = Silent(Moment.BetweenTokens);
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.TurnTimeout = TimeSpan.FromSeconds(5), time: time);
        await using var viewer = await server.AskAsync();
        await viewer.NextAsync(2);
        time.Advance(TimeSpan.FromSeconds(5.2));

        CheckTimeout(await viewer.RestAsync());
    }

    [Fact]
    public async Task A_client_that_waits_for_one_document_gets_504_after_120_seconds()
    {
        var time = new HandTime();
        await using var upstream = Silent(Moment.BeforeTheFirstToken);
        await using var server = await ServerUnderTest.StartAsync(upstream, time: time);
        var asked = server.AnswerAsync();
        await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience);
        time.Advance(TimeSpan.FromSeconds(119.8));
        Assert.False(asked.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.4));
        var (response, json) = await asked;

        Assert.Equal((504, "upstream_timeout"), ((int)response.StatusCode, json.GetProperty("code").GetString()));
    }

    private static void CheckTimeout(List<StreamEvent> rest)
    {
        var error = rest.Single(each => each.Type == "error");
        Assert.Equal(("upstream_timeout", "True"), (error.Field("code"), error.Field("retryable")));
        Assert.Equal("error", rest.FinishReason());
    }

    private static ScriptedUpstream Silent(Moment moment) => new(async exchange =>
    {
        if (moment == Moment.BetweenTokens)
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
        await exchange.SilenceAsync();
    });
}
