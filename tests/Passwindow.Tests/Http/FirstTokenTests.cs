using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>Nothing waits for what comes after it.</summary>
public sealed class FirstTokenTests
{
    [Fact]
    public async Task Headers_and_start_leave_before_the_upstream_has_answered()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.SilenceAsync());
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.Linger = TimeSpan.Zero);
        await using var viewer = await server.AskAsync();

        Assert.Equal("start", (await viewer.NextAsync(1))[0].Type);
        Assert.False((await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience)).Answered);
    }

    [Fact]
    public async Task One_that_comes_back_to_a_silent_turn_gets_its_headers_at_once()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.SilenceAsync());
        await using var server = await ServerUnderTest.StartAsync(upstream, time: new HandTime()); // no heartbeat comes to the rescue
        await using var first = await server.AskAsync();
        var start = (await first.NextAsync(1))[0];
        await using var second = await server.WatchAsync($"/chat/turns/{first.Turn()}/events", start.Id);

        Assert.Equal(first.Turn(), second.Turn());
    }

    [Fact]
    public async Task A_stream_has_the_headers_that_keep_proxies_from_holding_it_back()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("Hi")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync();

        Assert.Equal("text/event-stream", viewer.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal(["no-cache", "no-store", "no-transform"], viewer.Response.Headers.GetValues("Cache-Control").Single().Split(", ").Order(StringComparer.Ordinal));
        Assert.Equal("no", viewer.Response.Headers.GetValues("X-Accel-Buffering").Single());
        Assert.Null(viewer.Response.Content.Headers.ContentLength);
        await viewer.RestAsync();
        Assert.Equal(1000, viewer.Retry);
        Assert.DoesNotContain((byte)'\r', viewer.Raw);
    }

    [Theory]
    [InlineData("native")]
    [InlineData("keyed")]
    [InlineData("data")]
    [InlineData("text")]
    public async Task Each_token_leaves_before_the_next_exists(string dialect)
    {
        string[] tokens = ["one", " two", " three", " four"];
        using var shown = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            foreach (string token in tokens)
            {
                await exchange.WriteAsync(ChatChunks.Text(token));
                Assert.True(await shown.WaitAsync(ServerUnderTest.Patience)); // the next is said only when this one was seen
            }

            await exchange.WriteAsync(ChatChunks.Answer());
        });
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.Durability = Durability.Fsync);
        await using var viewer = await server.AskAsync(dialect: dialect);
        foreach (string token in tokens)
        {
            while (!(await viewer.NextAsync(1))[0].Data.Contains(token, StringComparison.Ordinal))
                continue;
            shown.Release();
        }

        await viewer.RestAsync();
    }
}
