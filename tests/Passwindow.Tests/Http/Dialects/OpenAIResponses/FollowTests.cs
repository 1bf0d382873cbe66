using System.Net;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http.Dialects.OpenAIResponses;

/// <summary>Responses that are watched, left, cut and stopped while they are made.</summary>
public sealed class FollowTests : IAsyncLifetime
{
    private readonly SemaphoreSlim _goOn = new(0);
    private readonly ScriptedUpstream _upstream;
    private ServerUnderTest _server = null!;

    public FollowTests() => _upstream = new ScriptedUpstream(async exchange =>
    {
        await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("Hel")]);
        await _goOn.WaitAsync();
        await exchange.WriteAsync((byte[])[.. ChatChunks.Text("lo"), .. ChatChunks.Finish("stop"), .. ChatChunks.Usage(3, 2), .. ChatChunks.Done]);
    });

    public async ValueTask InitializeAsync() => _server = await ServerUnderTest.StartAsync(_upstream, static options => options.Linger = TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
        _goOn.Dispose();
    }

    [Fact]
    public async Task In_the_background_it_is_made_to_its_end_though_nobody_watches()
    {
        var begun = await _server.CreateAsync("""{"input":"Hi","background":true}""");
        Assert.Equal(("in_progress", true), (begun.Status(), begun.GetProperty("background").GetBoolean()));
        await ForAsync(begun.Id(), "in_progress", "Hel");
        Assert.Equal("in_progress", (await _server.RetrieveAsync(begun.Id())).GetProperty("output")[0].GetProperty("status").GetString());

        _goOn.Release();

        await ForAsync(begun.Id(), "completed", "Hello");
        await Waiting.ForAsync(() => _server.Engine.Turns.Count == 0);
    }

    [Fact]
    public async Task So_it_is_when_its_stream_is_left()
    {
        var stream = await _server.CreateStreamAsync("""{"input":"Hi","background":true,"stream":true}""");
        await stream.NextAsync(5);
        string id = $"resp_{stream.Turn()}";
        stream.Cut();
        await Waiting.ForAsync(() => _server.Engine.Turns.Find(new(Protocol.TenantId.Default, new(stream.Turn())))?.Viewers == 1);

        _goOn.Release();

        await ForAsync(id, "completed", "Hello");
    }

    [Fact]
    public async Task Otherwise_it_is_given_up_when_the_last_viewer_leaves()
    {
        var stream = await _server.CreateStreamAsync("""{"input":"Hi","stream":true}""");
        await stream.NextAsync(5);
        stream.Cut();

        await ForAsync($"resp_{stream.Turn()}", "cancelled", "Hel");
    }

    [Fact]
    public async Task Cut_anywhere_and_asked_for_the_rest_every_event_comes_once()
    {
        await using var whole = await _server.CreateStreamAsync("""{"input":"Hi","background":true,"stream":true}""");
        var seen = await whole.NextAsync(5);
        string path = $"/v1/responses/resp_{whole.Turn()}?stream=true";
        var cut = new List<EventStreamClient>();
        for (int after = 0; after < seen.Count; after++)
            cut.Add(await _server.WatchAsync($"{path}&starting_after={after}"));
        _goOn.Release();
        seen.AddRange(await whole.RestAsync());

        Assert.Equal(10, seen.Count);
        for (int after = 0; after < cut.Count; after++)
            Assert.Equal(seen.Skip(after + 1), await cut[after].RestAsync());
        for (int after = 0; after < seen.Count; after++)
        {
            await using var late = await _server.WatchAsync($"{path}&starting_after={after}");
            Assert.Equal(seen.Skip(after + 1), await late.RestAsync());
        }

        await using var fromTheStart = await _server.WatchAsync(path);
        Assert.Equal(seen, await fromTheStart.RestAsync());
        foreach (var viewer in cut)
            await viewer.DisposeAsync();
    }

    [Theory, InlineData("9"), InlineData("-1"), InlineData("x"), InlineData("")]
    public async Task An_event_that_never_was_is_refused(string after)
    {
        await using var stream = await _server.CreateStreamAsync("""{"input":"Hi","background":true,"stream":true}""");
        await stream.NextAsync(5);

        var response = await _server.Http.GetAsync($"/v1/responses/resp_{stream.Turn()}?stream=true&starting_after={after}");

        Assert.Equal("starting_after", (await Responding.ReadAsync(response, HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("param").GetString());
        _goOn.Release();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Stopped_it_is_cancelled_however_often_that_is_asked(bool background)
    {
        await using var stream = await _server.CreateStreamAsync($$"""{"input":"Hi","background":{{(background ? "true" : "false")}},"stream":true}""");
        await stream.NextAsync(5);
        string id = $"resp_{stream.Turn()}";

        var cancelled = await _server.CancelAsync(id);

        Assert.Equal(("cancelled", "Hel", "incomplete"), (cancelled.Status(), cancelled.Said(), cancelled.GetProperty("output")[0].GetProperty("status").GetString()));
        Assert.Equal(cancelled.ToString(), (await _server.CancelAsync(id)).ToString());
        var last = (await stream.RestAsync())[^1];
        Assert.Equal(("response.incomplete", cancelled.ToString()), (last.Type, last.Json().GetProperty("response").ToString()));
        await _upstream.Exchanges[0].ClientGone.WaitAsync(ServerUnderTest.Patience);
    }

    [Fact]
    public async Task One_that_is_continued_before_its_end_is_refused_for_now()
    {
        var begun = await _server.CreateAsync("""{"input":"Hi","background":true}""");

        var error = (await _server.CreateAsync($$"""{"input":"On","previous_response_id":"{{begun.Id()}}"}""", HttpStatusCode.Conflict)).GetProperty("error");

        Assert.Equal("turn_active", error.GetProperty("code").GetString());
        _goOn.Release();
    }

    [Fact]
    public async Task Any_turn_is_shown_in_this_dialect_from_any_event_on()
    {
        await using var native = await _server.AskAsync();
        await native.NextAsync(2);
        await using var whole = await _server.WatchAsync($"/chat/turns/{native.Turn()}/events?dialect=openai-responses");
        await using var rest = await _server.WatchAsync($"/chat/turns/{native.Turn()}/events?dialect=openai-responses&after=2");
        _goOn.Release();

        var events = await whole.RestAsync();
        Assert.Equal("Hello", events[^1].Json().GetProperty("response").Said());
        Assert.Equal(events.Skip(5), await rest.RestAsync());
    }

    private async Task ForAsync(string id, string status, string text)
    {
        long from = TimeProvider.System.GetTimestamp();
        while (await _server.RetrieveAsync(id) is var response && (response.Status(), response.Said()) != (status, text))
        {
            if (TimeProvider.System.GetElapsedTime(from) > ServerUnderTest.Patience)
                throw new TimeoutException($"It is {response.Status()}: {response.Said()}");
            await Task.Delay(5);
        }
    }
}
