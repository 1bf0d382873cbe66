using Xunit;

namespace Passwindow.Protocol.Tests.Ids;

public sealed class EventCursorTests
{
    [Theory]
    [InlineData("t_1:0", "t_1", 0)]
    [InlineData("t:9223372036854775807", "t", long.MaxValue)]
    [InlineData("t:007", "t", 7)]
    public void A_cursor_names_a_turn_and_the_last_event_seen(string text, string turn, long seq)
    {
        Assert.True(EventCursor.TryParse(text, out var cursor));
        Assert.Equal(new EventCursor(new TurnId(turn), seq), cursor);
        Assert.True(EventCursor.TryParse(cursor.ToString(), out var again));
        Assert.Equal(cursor, again);
    }

    public static TheoryData<string> Hostile =>
    [
        "", ":", ":1", "t", "t:", "1", "t:-1", "t:+1", "t: 1", "t:1 ", " t:1", "t:1.0", "t:1e3", "t:0x1", "t:1,000", "t:٣",
        "t:9223372036854775808", "t:18446744073709551617", "t:1:2", "t::1", "t:1\0", "t\0:1", "\0", "t:1\n", "t\r\n:1", "ä:1", "../t:1", "t/1:1", "*:1",
        new string('t', 65) + ":1", new string('t', 33 * 1024), new string('t', 33 * 1024) + ":1", "t:" + new string('9', 33 * 1024), new string(':', 33 * 1024),
    ];

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void Anything_else_is_no_cursor(string text)
    {
        Assert.False(EventCursor.TryParse(text, out var cursor));
        Assert.Equal(default, cursor);
    }

    [Fact]
    public void Leading_zeros_are_digits_however_many() =>
        Assert.True(EventCursor.TryParseSeq("0000000000000000000000000000001", out long seq) && seq == 1);
}
