using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>
/// Viewers that come at any time, read any amount, go in any way, and come back with the last id they saw or the one before it: each has
/// every event in the end, once and in order. 100 turns, 5,000 with <c>PASSWINDOW_TESTS=full</c>.
/// </summary>
public sealed class ViewerLifeTests(ITestOutputHelper output)
{
    private const int AtOnce = 4;
    private static readonly int ViewersPerTurn = TestDepth.Rounds(5, 20);

    [Fact]
    public async Task No_viewer_sees_a_duplicate_or_a_hole_however_it_lives()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        await using var upstream = new ScriptedUpstream(SpeakAsync);
        await using var server = await ServerUnderTest.StartAsync(upstream, static settings => settings.Linger = Timeout.InfiniteTimeSpan);

        int returns = 0;
        await Parallel.ForAsync(0, TestDepth.Rounds(100, 5000), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (turn, _) =>
        {
            int seed = unchecked(TestDepth.Seed + (turn * 7919));
            Interlocked.Add(ref returns, await LiveAsync(server, seed));
        });

        output.WriteLine($"{returns} returns");
        Assert.NotEqual(0, returns);
    }

    private static async Task<int> LiveAsync(ServerUnderTest server, int seed)
    {
        await using var first = await server.AskAsync(Asking.Body(model: $"up/{seed}"));
        string path = $"/chat/turns/{first.Turn()}/events";
        var lives = Enumerable.Range(0, ViewersPerTurn).Select(viewer => ReadAsync(server, path, new Random(unchecked(seed + viewer)))).ToList();
        var whole = await first.RestAsync();
        Assert.Equal("stop", whole.FinishReason());
        Assert.Equal(Enumerable.Range(1, whole.Count).Select(static seq => (long)seq), whole.Select(EventFrames.Seq));
        int returns = 0;
        foreach (var (seen, times) in await Task.WhenAll(lives))
        {
            Assert.Equal(whole.Select(static each => (each.Id, each.Data)), seen.Select(static each => (each.Id, each.Data)));
            returns += times;
        }

        return returns;
    }

    private static async Task<(List<StreamEvent> Seen, int Returns)> ReadAsync(ServerUnderTest server, string path, Random random)
    {
        var seen = new List<StreamEvent>();
        for (int returns = 0; ; returns++)
        {
            // The one before the last is asked for again by a client that was cut between reading an event and keeping its id.
            if (seen.Count > 1 && random.Next(4) == 0)
                seen.RemoveAt(seen.Count - 1);
            var viewer = await server.WatchAsync(path, seen.Count > 0 ? seen[^1].Id : null);
            int most = random.Next(0, 20);
            for (int i = 0; i < most; i++)
            {
                if (await viewer.NextAsync().WaitAsync(ServerUnderTest.Patience) is not { } next)
                    break;
                seen.Add(next);
            }

            if (random.Next(2) == 0)
                viewer.Cut();
            await viewer.DisposeAsync();
            if (seen.Count > 0 && seen[^1].Type == "done")
                return (seen, returns);
            await Task.Yield();
        }
    }

    private static async Task SpeakAsync(UpstreamExchange exchange)
    {
        var random = new Random(int.Parse(exchange.Request.Json.GetProperty("model").GetString()!));
        await exchange.WriteAsync(ChatChunks.Role);
        for (int left = random.Next(5, 60); left > 0; left--)
        {
            await exchange.WriteAsync(ChatChunks.Text($"{left} "));
            if (random.Next(3) == 0)
                await Task.Delay(random.Next(1, 4));
        }

        await exchange.WriteAsync(ChatChunks.Finish("stop"));
        await exchange.WriteAsync(ChatChunks.Done);
    }
}
