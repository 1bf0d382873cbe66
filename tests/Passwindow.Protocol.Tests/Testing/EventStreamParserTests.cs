using System.Text;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Testing;

public sealed class EventStreamParserTests
{
    // The examples of WHATWG HTML 9.2.6, and the cases that readers get wrong.
    public static TheoryData<string, StreamEvent[]> Streams => new()
    {
        { "data: YHOO\ndata: +2\ndata: 10\n\n", [new("message", "YHOO\n+2\n10")] },
        { ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n", [new("message", "first event", "1"), new("message", "second event", ""), new("message", " third event", "")] },
        { "data\n\ndata\ndata\n\ndata:", [new("message", ""), new("message", "\n")] },
        { "data:test\n\ndata: test\n\n", [new("message", "test"), new("message", "test")] },
        { "\uFEFFdata: a\r\rdata: b\r\n\r\ndata: c\n\r\n", [new("message", "a"), new("message", "b"), new("message", "c")] },
        { "event: x\n\ndata: a\n\n", [new("message", "a")] },
        { "event: x\ndata: a\n\ndata: b\n\n", [new("x", "a"), new("message", "b")] },
        { "id: 1\n\ndata: a\n\nid: a\0b\ndata: b\n\n", [new("message", "a", "1"), new("message", "b", "1")] },
        { "data: a\nid: 9", [] },
        { "Data: no\n data: no\ndata : no\n\n", [] },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_is_read_as_the_standard_says_wherever_it_is_cut(string stream, StreamEvent[] expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var parser = new EventStreamParser();
            parser.Feed(bytes.AsSpan(0, cut));
            parser.Feed(bytes.AsSpan(cut));
            var events = new List<StreamEvent>();
            while (parser.TryTake(out var next))
                events.Add(next);
            Assert.Equal(expected, events);
        }
    }

    [Theory]
    [InlineData("retry: 1000\n", 1000)]
    [InlineData("retry: 10 s\n", null)]
    [InlineData("retry: -1\n", null)]
    [InlineData("retry\n", null)]
    public void A_retry_counts_only_if_it_is_all_digits(string stream, int? expected)
    {
        var parser = new EventStreamParser();
        parser.Feed(Encoding.UTF8.GetBytes(stream));
        Assert.Equal(expected, parser.Retry);
    }

    [Fact]
    public void An_id_is_not_the_last_one_before_its_event_is_whole()
    {
        var parser = new EventStreamParser();
        parser.Feed("id: 1\ndata: a\n\nid: 2\ndata: b\n"u8);
        Assert.Equal("1", parser.LastEventId);
    }
}
