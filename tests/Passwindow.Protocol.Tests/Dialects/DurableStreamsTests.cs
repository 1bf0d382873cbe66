using System.Text;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.DurableStreams;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class DurableStreamsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_event_is_an_array_of_itself_followed_by_where_to_go_on()
    {
        byte[][] events = [.. ((string[])["""{"type":"token","seq":1,"token":"a\n"}""", """{"type":"done","seq":2,"finish_reason":"stop"}"""]).Select(Encoding.UTF8.GetBytes)];

        Assert.Equal(
            """
            event: data
            data: [{"type":"token","seq":1,"token":"a\n"}]

            event: control
            data: {"streamNextOffset":"0000000000000001","streamCursor":"0"}

            event: data
            data: [{"type":"done","seq":2,"finish_reason":"stop"}]

            event: control
            data: {"streamNextOffset":"0000000000000002","upToDate":true,"streamClosed":true}


            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(Frames.Of(Dialect.DurableStreams, events)));
    }

    [Fact]
    public void Offsets_stand_in_the_order_of_their_characters()
    {
        long[] numbers = [0, 1, 9, 10, 99, 100, 4711, 1_000_000, 9_999_999_999_999_999];

        Assert.Equal(numbers.Select(StreamOffset.Of), numbers.Select(StreamOffset.Of).Order(StringComparer.Ordinal));
        Assert.All(numbers, static number => Assert.True(StreamOffset.TryParse(StreamOffset.Of(number), out long read) && read == number));
    }

    [Theory, InlineData(null), InlineData(""), InlineData("-1"), InlineData("now"), InlineData("1"), InlineData("+000000000000001"), InlineData("00000000000000001"), InlineData("000000000000000\0")]
    public void What_was_never_given_out_is_no_offset(string? text) => Assert.False(StreamOffset.TryParse(text, out _));

    [Fact]
    public void A_cursor_never_stays_behind_what_a_client_sends()
    {
        long now = StreamCursor.At(Noon);

        Assert.Equal(now, StreamCursor.After(Noon, sent: null, jitter: 0.5));
        Assert.Equal(now, StreamCursor.After(Noon, now - 1, jitter: 0.5));
        Assert.Equal(now + 1, StreamCursor.After(Noon, now, jitter: 0));
        Assert.InRange(StreamCursor.After(Noon, now + 7, jitter: 0.999), now + 8, now + 7 + 180);
        Assert.Equal(now + 1, StreamCursor.At(Noon.AddSeconds(20)));
    }
}
