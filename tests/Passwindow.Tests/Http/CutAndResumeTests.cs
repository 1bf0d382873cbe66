using System.Text;
using Passwindow.Testing;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>
/// A viewer that is cut at every event and comes back with the last id it saw is sent, byte for byte, what one that was never cut is sent.
/// </summary>
public sealed class CutAndResumeTests
{
    public static TheoryData<string, string> Turns => new MatrixTheoryData<string, string>(
        ["chat-completions/deepseek-tool-variations-async", "anthropic-messages/anthropic-extended-thinking-anthropic-claude-haiku-4-5-streams-thinking-co"],
        ["native", "keyed", "data", "text"]);

    [Theory, MemberData(nameof(Turns))]
    public async Task Cut_at_every_event_while_the_turn_runs(string path, string dialect)
    {
        var recording = Recording(path);
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            foreach (byte[] frame in Frames(recording.Body))
            {
                await goOn.WaitAsync();
                await exchange.WriteAsync(frame);
            }
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var native = await server.AskAsync(Request(recording));
        await using var uncut = await server.WatchAsync($"/chat/turns/{native.Turn()}/events?dialect={dialect}");
        var joined = new MemoryStream();
        string address = $"/chat/turns/{native.Turn()}/events?dialect={dialect}";
        var (after, lastId, live) = (0L, (string?)null, 0);

        // The upstream says the next thing only when the viewer was cut and asks again: each piece of the journey is live.
        for (var next = native.NextAsync(1); ; next = native.NextAsync(1))
        {
            while (!next.IsCompleted && native.Raw.Length > 0)
            {
                goOn.Release();
                await Task.WhenAny(next, Task.Delay(5));
            }

            var shown = (await next)[0];
            live += server.Engine.Turns.Count;
            byte[] frame = EventFrames.Of(dialect, shown);
            if (frame.Length > 0)
            {
                var viewer = await server.WatchAsync(lastId is null || after % 2 == 0 ? $"{address}&after={after}" : address, after % 2 == 0 ? null : lastId);
                while (viewer.Raw.Length < frame.Length)
                    Assert.True(await viewer.FillAsync().WaitAsync(ServerUnderTest.Patience));
                viewer.Cut();
                joined.Write(viewer.Raw.AsSpan(0, frame.Length)); // what a client has read whole; the rest is lost with its connection
                await viewer.DisposeAsync();
            }

            (after, lastId) = (shown.Seq(), shown.Id);
            if (shown.Type == "done")
                break;
        }

        await uncut.RestAsync();
        Assert.Equal(Encoding.UTF8.GetString(uncut.Raw), Encoding.UTF8.GetString(joined.ToArray()));
        Assert.InRange(live, after / 2, after);
        Assert.Single(upstream.Exchanges);
    }

    [Theory, MemberData(nameof(Turns))]
    public async Task Cut_at_every_event_of_a_turn_that_has_ended(string path, string dialect)
    {
        var recording = Recording(path);
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(recording.Body));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var native = await server.AskAsync(Request(recording));
        var events = await native.RestAsync();
        Assert.Equal(Encoding.UTF8.GetString(native.Raw), Encoding.UTF8.GetString(EventFrames.Of("native", events)));
        string address = $"/chat/turns/{native.Turn()}/events?dialect={dialect}";

        for (int seen = 0; seen < events.Count; seen++)
        {
            byte[] rest = EventFrames.Of(dialect, events.Skip(seen));
            await using var byNumber = await server.WatchAsync($"{address}&after={seen}");
            await byNumber.RestAsync();
            Assert.Equal(rest, byNumber.Raw);
            if (seen == 0)
                continue;
            await using var byId = await server.WatchAsync(address, events[seen - 1].Id);
            await byId.RestAsync();
            Assert.Equal(rest, byId.Raw);
        }

        await using var nothingLeft = await server.WatchAsync(address, events[^1].Id);
        Assert.Equal(204, (int)nothingLeft.Response.StatusCode);
        Assert.Single(upstream.Exchanges);
    }

    [Fact]
    public async Task The_header_counts_and_not_the_query_of_an_address_that_a_browser_asks_again()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("a", "b")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var first = await server.AskAsync();
        var events = await first.RestAsync();
        await using var again = await server.WatchAsync($"/chat/turns/{first.Turn()}/events?after=1", events[2].Id);

        Assert.Equal(events.Skip(3), await again.RestAsync());
    }

    [Fact]
    public async Task A_post_that_comes_back_with_the_last_id_goes_on_and_starts_nothing()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("a", "b")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var first = await server.AskAsync();
        var events = await first.RestAsync();
        var request = server.Post(Asking.Body());
        request.Headers.TryAddWithoutValidation("Last-Event-ID", events[1].Id);
        await using var again = await EventStreamClient.ConnectAsync(request).WaitAsync(ServerUnderTest.Patience);

        Assert.Equal(events.Skip(2), await again.RestAsync());
        Assert.Single(upstream.Exchanges);
    }

    [Fact]
    public async Task A_turn_started_in_one_dialect_can_be_watched_in_the_others_while_it_runs()
    {
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("one\ntwo"));
            await goOn.WaitAsync();
            await exchange.WriteAsync(ChatChunks.Answer("three"));
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var text = await server.AskAsync(dialect: "text");
        Assert.Equal("one\ntwo", (await text.NextAsync(1))[0].Data);
        var others = new List<EventStreamClient>();
        foreach (string dialect in (string[])["native", "keyed", "data", "text"])
            others.Add(await server.WatchAsync($"/chat/turns/{text.Turn()}/events?dialect={dialect}"));
        goOn.Release();

        var events = await others[0].RestAsync();
        foreach (var (viewer, dialect) in others.Skip(1).Zip((string[])["keyed", "data", "text"]))
        {
            await viewer.RestAsync();
            Assert.Equal(EventFrames.Of(dialect, events), viewer.Raw);
            await viewer.DisposeAsync();
        }

        await text.RestAsync();
        Assert.Equal(text.Raw, others[3].Raw);
        await others[0].DisposeAsync();
    }

    private static UpstreamRecording Recording(string path) => new(path.Split('/')[0], path.Split('/')[1]);

    private static string Request(UpstreamRecording recording) => Asking.Body(
        model: recording.Api == "chat-completions" ? "up/m" : "claude/m", tools: recording.Expected.ToolCalls.Select(call => call.Name).Distinct());

    /// <summary>The recorded body, frame by frame.</summary>
    private static IEnumerable<byte[]> Frames(byte[] body)
    {
        string[] frames = Encoding.UTF8.GetString(body).ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        return frames.Select(frame => Encoding.UTF8.GetBytes(frame + "\n\n"));
    }
}
