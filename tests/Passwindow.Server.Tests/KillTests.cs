using System.Text;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Server.Tests;

/// <summary>SIGKILL in the middle of turns: what anybody was shown is there after a restart, byte for byte, and every turn has its end.</summary>
public sealed class KillTests
{
    private const int Turns = 20;

    [Theory]
    [InlineData("fsync")]
    [InlineData("os")]
    public async Task Everything_that_was_shown_is_there_again_and_the_turns_are_interrupted(string durability)
    {
        using var folder = new Folder();
        await using var upstream = new ScriptedUpstream(TalkAsync);
        string[] arguments = [$"--Passwindow:Durability={durability}"];
        var seen = new List<(string Turn, byte[] Raw, string LastId)>();
        await using (var first = await ServerProcess.StartAsync(folder.Journal, upstream, arguments))
        {
            var viewers = await Task.WhenAll(Enumerable.Range(0, Turns).Select(_ => first.AskAsync()));
            for (int number = 0; number < Turns; number++)
                await viewers[number].TakeAsync(3 + number).WaitAsync(ServerProcess.Patience);
            var reading = viewers.Select(ReadToTheCutAsync).ToArray();
            await first.KillAsync();
            await Task.WhenAll(reading).WaitAsync(ServerProcess.Patience);
            foreach (var viewer in viewers)
            {
                seen.Add((viewer.Response.Headers.GetValues("Passwindow-Turn").Single(), viewer.Raw, viewer.LastEventId));
                await viewer.DisposeAsync();
            }
        }

        int asked = upstream.Exchanges.Count;
        await using var second = await ServerProcess.StartAsync(folder.Journal, upstream, arguments);
        foreach (var (turn, raw, lastId) in seen)
        {
            await using var whole = await second.WatchAsync($"/chat/turns/{turn}/events");
            var events = await whole.ReadToEndAsync().WaitAsync(ServerProcess.Patience);
            Assert.InRange(raw.Length, 1, whole.Raw.Length);
            Assert.Equal(Encoding.Latin1.GetString(raw), Encoding.Latin1.GetString(whole.Raw.AsSpan(0, raw.Length)));
            Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => $"{turn}:{seq}"), events.Select(each => each.Id));
            Assert.Equal(("done", "interrupted"), (events[^1].Type, JsonElement.Parse(events[^1].Data).GetProperty("finish_reason").GetString()));

            // A browser comes back to the address that it asked first.
            await using var resumed = await second.WatchAsync("/chat/stream?prompt=Hi", lastId);
            Assert.Equal(events.SkipWhile(each => each.Id != lastId).Skip(1), await resumed.ReadToEndAsync().WaitAsync(ServerProcess.Patience));
            await using var over = await second.WatchAsync("/chat/stream?prompt=Hi", events[^1].Id);
            Assert.Equal(204, (int)over.Response.StatusCode);
        }

        Assert.Equal(asked, upstream.Exchanges.Count);
    }

    private static async Task ReadToTheCutAsync(EventStreamClient viewer)
    {
        var cut = await Record.ExceptionAsync(() => viewer.ReadToEndAsync());
        Assert.True(cut is IOException or HttpRequestException, "A response ended in good order.");
    }

    private static async Task TalkAsync(UpstreamExchange exchange)
    {
        for (int number = 0; !exchange.ClientGone.IsCompleted; number++)
        {
            await exchange.WriteAsync(ChatChunks.Text($"{number} äöü\n"));
            await Task.Delay(1);
        }
    }
}
