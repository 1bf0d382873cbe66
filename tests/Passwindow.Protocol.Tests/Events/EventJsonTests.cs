using System.Text;
using Xunit;

namespace Passwindow.Protocol.Tests.Events;

public sealed class EventJsonTests
{
    private static ReadOnlySpan<byte> Json => """{"a":{"b":1,"c":"inner"},"b":[ 1, {"c":2} ],"c":"\u00fc\n","n":-7,"x":1.5,"z":null}"""u8;

    [Theory]
    [InlineData("a", """{"b":1,"c":"inner"}""")]
    [InlineData("b", """[ 1, {"c":2} ]""")]
    [InlineData("c", """
        "\u00fc\n"
        """)]
    [InlineData("n", "-7")]
    [InlineData("z", "null")]
    public void A_value_is_cut_out_as_it_stands_and_never_from_deeper_down(string field, string expected)
    {
        Assert.True(EventJson.TryGetRaw(Json, Encoding.UTF8.GetBytes(field), out var value));
        Assert.Equal(expected, Encoding.UTF8.GetString(value));
        Assert.Equal(expected, Encoding.UTF8.GetString(EventJson.GetRequired(Json, Encoding.UTF8.GetBytes(field))));
    }

    [Fact]
    public void A_field_that_is_absent_or_of_another_kind_is_not_invented()
    {
        Assert.False(EventJson.TryGetRaw(Json, "inner"u8, out _));
        Assert.False(EventJson.TryGetRaw("[]"u8, "a"u8, out _));
        Assert.Null(EventJson.GetString(Json, "n"u8));
        Assert.Null(EventJson.GetInt64(Json, "x"u8));
        Assert.Null(EventJson.GetInt64(Json, "c"u8));
        Assert.Equal(-7, EventJson.GetInt64(Json, "n"u8));
        Assert.Equal("ü\n", EventJson.GetString(Json, "c"u8));
        Assert.True(EventJson.CopyString(Json, "a"u8, new byte[Json.Length]).IsEmpty);
        Assert.Equal("ü\n"u8.ToArray(), EventJson.CopyString(Json, "c"u8, new byte[Json.Length]).ToArray());
        Assert.Contains("'q'", Assert.Throws<System.Text.Json.JsonException>(() => EventJson.GetRequired(Json, "q"u8).Length).Message);
    }
}
