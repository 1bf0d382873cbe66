using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>With <c>Linger=0</c> nobody watching means nobody paying: the upstream's connection is closed as soon as the last viewer's is.</summary>
[Collection(Alone.Name)]
public sealed class LeavingTests(ITestOutputHelper output)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(250);

    public enum Moment
    {
        BeforeTheUpstreamsHeaders,
        BeforeTheFirstToken,
        BetweenTokens,
    }

    public static TheoryData<Moment, bool> Departures => new MatrixTheoryData<Moment, bool>(Enum.GetValues<Moment>(), [true, false]);

    [Theory, MemberData(nameof(Departures))]
    public async Task The_upstreams_connection_is_closed(Moment moment, bool reset)
    {
        await using var upstream = Silent(moment);
        await using var server = await StartAsync(upstream);
        var viewer = await server.AskAsync();
        await ReachAsync(moment, viewer, upstream);
        long left = TimeProvider.System.GetTimestamp();
        if (reset)
            viewer.Cut();
        else
            await viewer.DisposeAsync();

        await CheckGoneAsync(upstream.Exchanges[0], left);
        Assert.Equal("abandoned", await FinishAsync(server, viewer.Turn()));
    }

    [Fact]
    public async Task So_it_is_when_a_client_that_wants_one_document_gives_up()
    {
        await using var upstream = Silent(Moment.BetweenTokens);
        await using var server = await StartAsync(upstream);
        using var leave = new CancellationTokenSource();
        var asked = server.Http.SendAsync(server.Post(Asking.Body(), "application/json"), leave.Token);
        var exchange = await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience);
        long left = TimeProvider.System.GetTimestamp();
        await leave.CancelAsync();

        await CheckGoneAsync(exchange, left);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task The_first_of_two_that_leaves_closes_nothing()
    {
        await using var upstream = Silent(Moment.BetweenTokens);
        await using var server = await StartAsync(upstream);
        var first = await server.AskAsync();
        await using var second = await server.WatchAsync($"/chat/turns/{first.Turn()}/events");
        await second.NextAsync(2);
        first.Cut();
        await Assert.ThrowsAsync<TimeoutException>(() => upstream.Exchanges[0].ClientGone.WaitAsync(AtOnce));
        long left = TimeProvider.System.GetTimestamp();
        second.Cut();

        await CheckGoneAsync(upstream.Exchanges[0], left);
    }

    [Theory]
    [InlineData(Moment.BeforeTheUpstreamsHeaders)]
    [InlineData(Moment.BeforeTheFirstToken)]
    [InlineData(Moment.BetweenTokens)]
    public async Task A_stop_closes_it_at_once_whoever_watches(Moment moment)
    {
        await using var upstream = Silent(moment);
        await using var server = await StartAsync(upstream);
        await using var viewer = await server.AskAsync();
        await ReachAsync(moment, viewer, upstream);
        long asked = TimeProvider.System.GetTimestamp();
        using var stopped = await server.StopTurnAsync(viewer.Turn());

        await CheckGoneAsync(upstream.Exchanges[0], asked);
        Assert.Equal(202, (int)stopped.StatusCode);
        Assert.Equal("stopped", (await viewer.RestAsync()).FinishReason());
    }

    private async Task CheckGoneAsync(UpstreamExchange exchange, long from)
    {
        var gone = await exchange.ClientGone.WaitAsync(ServerUnderTest.Patience);
        var after = TimeProvider.System.GetElapsedTime(from, gone.At);
        output.WriteLine($"closed after {after.TotalMilliseconds} ms");
        Assert.InRange(after, TimeSpan.Zero, AtOnce);
    }

    private static Task<ServerUnderTest> StartAsync(ScriptedUpstream upstream) => ServerUnderTest.StartAsync(upstream, options => options.Linger = TimeSpan.Zero);

    private static ScriptedUpstream Silent(Moment moment) => new(async exchange =>
    {
        if (moment > Moment.BeforeTheUpstreamsHeaders)
            await exchange.HeadAsync();
        if (moment > Moment.BeforeTheFirstToken)
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
        await exchange.SilenceAsync();
    });

    private static async Task ReachAsync(Moment moment, EventStreamClient viewer, ScriptedUpstream upstream)
    {
        await viewer.NextAsync(moment == Moment.BetweenTokens ? 2 : 1);
        await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience);
    }

    private static async Task<string?> FinishAsync(ServerUnderTest server, string turn)
    {
        await using var later = await server.WatchAsync($"/chat/turns/{turn}/events");
        return (await later.RestAsync()).FinishReason();
    }
}
