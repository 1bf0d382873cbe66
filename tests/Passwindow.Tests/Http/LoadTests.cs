using System.Text;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>Large answers and many at once: they arrive whole, and nothing of them stays in memory.</summary>
[Collection(Alone.Name)]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int TokenBytes = 64 * 1024;
    private const int Pieces = 20;

    [Theory]
    [InlineData("native")]
    [InlineData("keyed")]
    [InlineData("data")]
    [InlineData("text")]
    public async Task Tokens_of_64_KiB_and_an_answer_of_1_MB(string dialect)
    {
        string token = string.Concat(Enumerable.Repeat("0123456789abcde\n", TokenBytes / 16));
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer([.. Enumerable.Repeat(token, 16)])));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var native = await server.AskAsync();
        var events = await native.RestAsync();
        await using var viewer = await server.WatchAsync($"/chat/turns/{native.Turn()}/events?dialect={dialect}");
        await viewer.RestAsync();

        Assert.Equal(16 * TokenBytes, events.Text().Length);
        Assert.All(events.Where(each => each.Type == "token"), each => Assert.Equal(token, each.Field("token")));
        Assert.Equal(Encoding.UTF8.GetString(EventFrames.Of(dialect, events)), Encoding.UTF8.GetString(viewer.Raw));
    }

    [Fact]
    public async Task A_document_of_1_MB()
    {
        string token = new('é', TokenBytes / 2);
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer([.. Enumerable.Repeat(token, 16)])));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var (_, json) = await server.AnswerAsync();

        Assert.Equal(string.Concat(Enumerable.Repeat(token, 16)), json.GetProperty("response").GetString());
    }

    [Fact]
    public async Task Empty_deltas_are_no_tokens()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("", "a", "", "", "b", "")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync();

        Assert.Equal(["start", "token", "token", "usage", "done"], (await viewer.RestAsync()).Select(each => each.Type));
    }

    [Fact]
    public async Task An_answer_beyond_the_largest_ends_with_length_and_the_upstream_is_left()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            while (!exchange.ClientGone.IsCompleted)
                await exchange.WriteAsync(ChatChunks.Text(new string('a', 1000)));
        });
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.MaxAnswerBytes = 100_000);
        await using var viewer = await server.AskAsync();
        var events = await viewer.RestAsync();

        Assert.Equal("length", events.FinishReason());
        Assert.InRange(events.Text().Length, 90_000, 101_000);
    }

    [Fact]
    public async Task With_200_turns_at_once_all_arrive_whole_and_memory_returns_to_where_it_was()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            string question = exchange.Request.Json.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;
            for (int piece = 0; piece < Pieces; piece++)
            {
                await exchange.WriteAsync(ChatChunks.Text($"{question}:{piece};{new string('x', 1000)}"));
                await exchange.WriteAsync(ChatChunks.Text(""));
            }

            await exchange.WriteAsync(ChatChunks.Answer());
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await RoundAsync(server);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int round = 0; round < 2; round++)
            await RoundAsync(server);
        long at = TimeProvider.System.GetTimestamp();

        // What has ended is moved to its conversation's file in the background, so memory comes back a moment later. Two rounds carry 8 MB.
        await Waiting.ForAsync(() => GC.GetTotalMemory(forceFullCollection: true) < before + 4 * 1024 * 1024);
        output.WriteLine($"{before / 1024} KB before, {GC.GetTotalMemory(true) / 1024} KB {TimeProvider.System.GetElapsedTime(at)} after two rounds");
    }

    private static async Task RoundAsync(ServerUnderTest server)
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            await using var viewer = await EventStreamClient.OpenAsync(server.Http, server.Post(Asking.Body($"question {number}")));
            var events = await viewer.RestAsync();
            Assert.Equal("stop", events.FinishReason());
            Assert.Equal(string.Concat(Enumerable.Range(0, Pieces).Select(piece => $"question {number}:{piece};{new string('x', 1000)}")), events.Text());
        }));
        await Waiting.ForAsync(() => server.Engine.Turns.Count == 0);
    }
}
