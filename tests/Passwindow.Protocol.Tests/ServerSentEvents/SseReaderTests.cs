using System.Text;
using Passwindow.Protocol.ServerSentEvents;
using Xunit;

namespace Passwindow.Protocol.Tests.ServerSentEvents;

public sealed class SseReaderTests
{
    [Fact]
    public void A_lone_carriage_return_dispatches_before_the_next_byte_comes()
    {
        var reader = new SseReader();
        reader.Feed("data: a\r\r"u8);
        Assert.True(reader.TryRead(out var sse));
        Assert.Equal("a", Encoding.UTF8.GetString(sse.Data));
        reader.Feed("\ndata: b\r\n\r"u8);
        Assert.True(reader.TryRead(out sse));
        Assert.Equal("b", Encoding.UTF8.GetString(sse.Data));
        reader.Feed("\n"u8);
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [InlineData("data: a\nid: 1\n\ndata: b\nid: 2")]
    [InlineData("data: a\nid: 1\n\ndata: b\nid: 2\n")]
    [InlineData("data: a\nid: 1\n\ndata: b\r\nid: 2\r")]
    public void An_event_without_its_blank_line_is_dropped_unless_the_reader_was_told_to_dispatch_it(string stream)
    {
        Assert.Equal("a 1", Read(new SseReader(), stream));
        Assert.Equal("a,b 2", Read(new SseReader(dispatchUnterminated: true), stream));
    }

    [Fact]
    public void Nothing_is_dispatched_at_the_end_of_a_stream_that_was_complete() =>
        Assert.Equal("a ", Read(new SseReader(dispatchUnterminated: true), "data: a\n\n"));

    [Fact]
    public void An_invalid_byte_becomes_one_replacement_character_and_its_neighbours_stay()
    {
        var reader = new SseReader();
        reader.Feed([.. "data: ä"u8, 0xC3, .. "b\n\n"u8]);
        Assert.True(reader.TryRead(out var sse));
        Assert.Equal("ä\uFFFDb", Encoding.UTF8.GetString(sse.Data));
    }

    [Fact]
    public void A_line_that_does_not_end_is_refused_at_its_limit_and_not_before()
    {
        var reader = new SseReader();
        reader.Feed(new byte[SseReader.MaxLineBytes]);
        Assert.False(reader.TryRead(out _));
        reader.Feed(new byte[1]);
        Assert.Throws<SseLimitException>(() => reader.TryRead(out _));
        reader.Feed("\n\n"u8);
        Assert.Throws<SseLimitException>(() => reader.TryRead(out _));
    }

    [Fact]
    public void An_event_of_many_lines_is_refused_at_its_limit()
    {
        var reader = new SseReader();
        byte[] line = [.. "data:"u8, .. Enumerable.Repeat((byte)'x', 1 << 19), (byte)'\n'];
        int lines = 0;
        Assert.Throws<SseLimitException>(() =>
        {
            for (; lines < 100; lines++)
            {
                reader.Feed(line);
                reader.TryRead(out _);
            }
        });
        Assert.Equal(15, lines);
    }

    [Fact]
    public void Ten_thousand_events_in_one_read_allocate_nothing_each()
    {
        byte[] stream = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("event: token\ndata: {\"token\":\"ä\"}\nid: 7\n\n", 10_000)));
        var reader = new SseReader();
        reader.Feed(stream);
        Assert.True(reader.TryRead(out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int events = 1;
        while (reader.TryRead(out _))
            events++;
        Assert.Equal(10_000, events);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024); // the runtime hands out memory in blocks; one string an event would be ten times as much
    }

    /// <summary>The data of all events, then the last event ID.</summary>
    private static string Read(SseReader reader, string stream)
    {
        var data = new List<string>();
        reader.Feed(Encoding.UTF8.GetBytes(stream));
        reader.End();
        while (reader.TryRead(out var sse))
            data.Add(Encoding.UTF8.GetString(sse.Data));
        return $"{string.Join(',', data)} {reader.LastEventId}";
    }

    [Fact]
    public void Events_are_read_in_place_only_where_they_stand_whole_and_nothing_is_kept_of_what_came_before()
    {
        var reader = new SseReader();
        Assert.False(InPlace("data: a\n\n", out _)); // a byte order mark may come first
        Assert.Equal("a", Fed("data: a\n\n"));
        Assert.True(InPlace("event: e\ndata: b\n\ndata: c\n\ndata: d\n", out string left));
        Assert.Equal("data: c\n\ndata: d\n", left);
        Assert.True(InPlace(left, out left));
        Assert.False(InPlace(left, out left));
        Assert.Equal("data: d\n", left);

        Assert.Null(Fed(left));
        Assert.False(InPlace("data: e\n\n", out _)); // its block has begun
        Assert.Equal("d\ne", Fed("data: e\n\n"));
        Assert.Equal("f", Fed("data: f\n\r")); // and a LF may follow
        Assert.False(InPlace("\ndata: g\n\n", out _));
        Assert.Equal("g", Fed("\ndata: g\n\n"));
        Assert.True(InPlace("data: h\n\n", out _));
        foreach (string other in (string[])["data:i\n\n", "data: i\r\n\r\n", "id: 1\ndata: i\n\n", "data: i\ndata: j\n\n", ": comment\n\n", "event: e\n\n", "retry: 5\n\n", "\n"])
            Assert.False(InPlace(other, out _), other);

        bool InPlace(string stream, out string left)
        {
            ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(stream);
            bool isRead = reader.TryReadInPlace(ref bytes, out _);
            left = Encoding.UTF8.GetString(bytes);
            return isRead;
        }

        string? Fed(string stream)
        {
            reader.Feed(Encoding.UTF8.GetBytes(stream));
            string? last = null;
            while (reader.TryRead(out var sse))
                last = Encoding.UTF8.GetString(sse.Data);
            return last;
        }
    }
}
