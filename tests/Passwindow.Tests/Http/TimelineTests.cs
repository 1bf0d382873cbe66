using System.Net;
using System.Text.Json;
using Passwindow.Diagnostics;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>When each event was said, committed and sent, for a person who looks.</summary>
public sealed class TimelineTests
{
    [Fact]
    public async Task A_turn_s_events_were_said_before_they_were_committed_and_committed_before_they_were_sent()
    {
        await using var upstream = Counting();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync();
        var events = await viewer.ReadToEndAsync();
        string turn = viewer.Turn();

        var timeline = JsonElement.Parse(await server.Http.GetStringAsync($"/chat/turns/{turn}/timeline"));
        Assert.True(timeline.GetProperty("ended").GetBoolean());
        Assert.True(timeline.GetProperty("complete").GetBoolean());
        Assert.Equal(events.Count, timeline.GetProperty("last_seq").GetInt64());
        var said = Marks(timeline.GetProperty("said"));
        var committed = Marks(timeline.GetProperty("committed"));
        var one = timeline.GetProperty("viewers").EnumerateArray().Single();
        var sent = Marks(one.GetProperty("sent"));
        Assert.Equal("native", one.GetProperty("dialect").GetString());
        Assert.True(one.TryGetProperty("left_ms", out _));
        for (long seq = 1; seq <= events.Count; seq++)
        {
            Assert.True(At(said, seq) <= At(committed, seq), $"event {seq} was committed before it was said");
            Assert.True(At(committed, seq) <= At(sent, seq), $"event {seq} was sent before it was committed");
        }
    }

    [Fact]
    public async Task A_turn_that_nobody_times_any_more_is_told_apart_from_one_that_never_was()
    {
        await using var upstream = Counting();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var first = await server.AskAsync();
        await first.ReadToEndAsync();
        string turn = first.Turn();
        for (int i = 0; i < TurnTimelines.MaxKept; i++)
        {
            await using var other = await server.AskAsync();
            await other.ReadToEndAsync();
        }

        using var forgotten = await server.Http.GetAsync($"/chat/turns/{turn}/timeline");
        using var unknown = await server.Http.GetAsync("/chat/turns/t_unknown/timeline");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (forgotten.StatusCode, unknown.StatusCode));
        Assert.Contains("not_timed", await forgotten.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("not_found", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_so_many_turns_marks_and_viewers_are_kept_and_that_there_was_more_is_said()
    {
        var timelines = new TurnTimelines(new HandTime());
        var running = Enumerable.Range(0, TurnTimelines.MaxKept).Select(static number => new TurnKey(TenantId.Default, new TurnId($"t_{number}"))).ToList();
        Assert.All(running, turn => Assert.NotNull(timelines.Begin(turn)));
        var late = new TurnKey(TenantId.Default, new TurnId("t_late"));
        Assert.Null(timelines.Begin(late));
        timelines.End(running[3]);
        var timeline = timelines.Begin(late)!;
        Assert.Null(timelines.Find(running[3]));

        for (int seq = 1; seq <= TimelineLane.MaxMarks; seq++)
            timeline.Said(seq);
        Assert.True(Written(timeline).GetProperty("complete").GetBoolean());
        timeline.Said(TimelineLane.MaxMarks + 1);
        Assert.False(Written(timeline).GetProperty("complete").GetBoolean());
        Assert.Equal(TurnTimeline.MaxViewers, Enumerable.Range(0, TurnTimeline.MaxViewers + 5).Count(_ => timeline.ViewerCame("native", 0) is not null));
    }

    private static ScriptedUpstream Counting() => new(static async exchange =>
    {
        await exchange.HeadAsync();
        await exchange.WriteAsync(ChatChunks.Answer("one ", "two ", "three"));
        await exchange.EndAsync();
    });

    private static JsonElement Written(TurnTimeline timeline)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            timeline.WriteTo(json);
            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static List<(long Seq, double Ms)> Marks(JsonElement lane) => [.. lane.EnumerateArray().Select(static mark => (mark[0].GetInt64(), mark[1].GetDouble()))];

    private static double At(List<(long Seq, double Ms)> lane, long seq) => lane.First(mark => mark.Seq >= seq).Ms;
}
