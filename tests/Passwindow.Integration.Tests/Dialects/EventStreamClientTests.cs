using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>
/// npm's <c>eventsource</c> and Microsoft's <c>fetch-event-source</c>, unchanged, behind a proxy that cuts their connections at random places: each event once.
/// </summary>
[Trait(TestDepth.Trait, TestDepth.Full)]
public sealed class EventStreamClientTests(ITestOutputHelper log)
{
    private const int Tokens = 40;
    private const int Cuts = 4;

    [Theory]
    [InlineData("eventsource.mjs", "native")]
    [InlineData("eventsource.mjs", "text")]
    [InlineData("fetch-event-source.mjs", "native")]
    [InlineData("fetch-event-source.mjs", "text")]
    public async Task Cut_and_resumed_it_has_each_event_once_in_order(string script, string dialect)
    {
        int seed = TestDepth.Seed;
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var cuts = Enumerable.Range(0, Tokens).OrderBy(_ => random.Next()).Take(Cuts).ToHashSet();
        using var heard = new SemaphoreSlim(0);
        await using var signals = new ScriptedUpstream(exchange =>
        {
            heard.Release();
            return exchange.RespondAsync(200, "{}");
        });
        await using var site = await RecordedSite.StartAsync();
        await using var proxy = new CuttingProxy(site.Address);
        site.Upstream.Next(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Role);
            for (int token = 0; token < Tokens; token++)
            {
                await exchange.WriteAsync(ChatChunks.Text($"{token}\nnext "));
                if (!cuts.Contains(token))
                    continue;
                await heard.WaitAsync(); // it has an event of this connection; what else is on its way is lost with it
                proxy.CutAll();
            }

            await exchange.WriteAsync((byte[])[.. ChatChunks.Finish("stop"), .. ChatChunks.Done]);
        });

        var said = await NodeClient.RunAsync($"event-stream/{script}", proxy.Address, dialect, signals.BaseAddress.ToString());

        var events = said.GetProperty("events").EnumerateArray().ToList();
        var ids = events.Select(static one => one.GetProperty("id").GetString()!).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(
            string.Concat(Enumerable.Range(0, Tokens).Select(static token => $"{token}\nnext ")),
            string.Concat(events.Where(static one => one.GetProperty("type").GetString() == "token").Select(one => dialect == "native"
                ? JsonElement.Parse(one.GetProperty("data").GetString()!).GetProperty("token").GetString()
                : one.GetProperty("data").GetString())));
        Assert.Equal("done", events[^1].GetProperty("type").GetString());
        Assert.Equal(Cuts + 1, said.GetProperty("connections").GetInt32());
        Assert.Single(site.Upstream.Exchanges);
    }
}
