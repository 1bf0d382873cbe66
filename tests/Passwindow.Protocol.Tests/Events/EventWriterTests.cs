using System.Text;
using System.Text.Json;
using Xunit;

namespace Passwindow.Protocol.Tests.Events;

public sealed class EventWriterTests : IDisposable
{
    private readonly EventWriter _writer = new();

    public void Dispose() => _writer.Dispose();

    [Fact]
    public void Each_event_is_spelled_as_the_contract_says()
    {
        foreach (var (_, written, expected) in EventSamples.All)
            Assert.Equal(expected, written);
    }

    [Fact]
    public void The_samples_leave_no_method_of_the_writer_out()
    {
        var methods = typeof(EventWriter).GetMethods().Where(method => method.ReturnType == typeof(ReadOnlySpan<byte>)).Select(method => method.Name);
        Assert.Equal(methods.Order(), EventSamples.All.Select(sample => sample.Method).Distinct().Order());
    }

    public static TheoryData<byte[], string> InvalidTexts => new()
    {
        { [0xFF], "\uFFFD" },
        { [.. "a"u8, 0xC3], "a\uFFFD" },
        { [0xED, 0xA0, 0xBD, .. "b"u8], "\uFFFD\uFFFD\uFFFDb" },
        { [0xF0, 0x9F, 0x98, .. "c"u8], "\uFFFDc" },
        { [0xC0, 0x80], "\uFFFD\uFFFD" },
    };

    [Theory]
    [MemberData(nameof(InvalidTexts))]
    public void Bytes_that_are_no_text_become_replacement_characters(byte[] text, string expected)
    {
        Assert.Equal(expected, EventJson.GetString(_writer.Token(1, text), "token"u8));
        Assert.Equal(expected, EventJson.GetString(_writer.Reasoning(1, text), "reasoning"u8));
        Assert.Equal(expected, EventJson.GetString(_writer.ToolArguments(1, "1", "f", text), "delta"u8));
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_string_becomes_a_replacement_character()
    {
        Assert.Equal("a\uFFFDb", EventJson.GetString(_writer.Error(1, ErrorCode.Internal, "a\uD83Db", false), "message"u8));
        Assert.Equal("\uFFFD", EventJson.GetString(_writer.ToolError(1, "1", "f", "\uDE00", 0), "error"u8));
    }

    [Fact]
    public void Text_stays_readable_and_on_one_line()
    {
        string json = Encoding.UTF8.GetString(_writer.Token(1, "Grüße <b>'日本'</b>\r\n\t\0"u8));
        Assert.Equal("""{"type":"token","seq":1,"token":"Grüße <b>'日本'</b>\r\n\t\u0000"}""", json);
    }

    [Theory]
    [InlineData("{\r\n  \"a\" : [ 1,\n2 ] ,\t\"b\":\"x\\ny\"\r}\n", """{"a":[1,2],"b":"x\ny"}""")]
    [InlineData("""{"n":1.0e+2,"m":123456789012345678901234567890}""", """{"n":1.0e+2,"m":123456789012345678901234567890}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":1,"a":2}""")]
    [InlineData("""{"half":"\ud83d","pair":"\ud83d\ude00","low":"\uDE00\u0041","\ud800":"\\ud800"}""", """{"half":"�","pair":"😀","low":"�A","�":"\\ud800"}""")]
    public void Foreign_json_keeps_its_meaning_and_loses_its_line_breaks(string foreign, string expected)
    {
        var json = _writer.ToolCall(1, "1", "f", Encoding.UTF8.GetBytes(foreign)).ToArray();
        Assert.DoesNotContain((byte)'\n', json);
        Assert.DoesNotContain((byte)'\r', json);
        var arguments = JsonElement.Parse(json).GetProperty("arguments");
        if (expected.Contains("😀"))
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), arguments), arguments.GetRawText());
        else
            Assert.Equal(expected, arguments.GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}x")]
    [InlineData("{}{}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":\"\n\"}")]
    public void What_is_not_json_is_refused_and_the_writer_goes_on(string foreign)
    {
        Assert.ThrowsAny<JsonException>(() => _writer.ToolCall(1, "1", "f", Encoding.UTF8.GetBytes(foreign)).Length);
        Assert.Equal("""{"type":"token","seq":1,"token":"a"}""", Encoding.UTF8.GetString(_writer.Token(1, "a"u8)));
    }

    [Fact]
    public void Arguments_may_be_nested_as_deep_as_every_reader_can_follow_and_no_deeper()
    {
        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1));

        var deepest = _writer.ToolCall(1, "1", "f", Nested(EventWriter.MaxDepth)).ToArray();
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(deepest).GetProperty("arguments").ValueKind);
        Assert.True(EventJson.TryGetRaw(deepest, "arguments"u8, out var raw));
        Assert.Equal(Nested(EventWriter.MaxDepth), raw.ToArray());
        Assert.ThrowsAny<JsonException>(() => _writer.ToolCall(1, "1", "f", Nested(EventWriter.MaxDepth + 1)).Length);
        Assert.ThrowsAny<JsonException>(() => _writer.ToolCall(1, "1", "f", Nested(100_000)).Length);
    }

    [Fact]
    public void A_large_event_leaves_nothing_behind_in_the_next()
    {
        var large = new byte[1_000_000];
        Array.Fill(large, (byte)'x');
        Assert.Equal(large.Length, EventJson.GetString(_writer.Token(1, large), "token"u8)!.Length);
        Assert.Equal("""{"type":"token","seq":2,"token":"a"}""", Encoding.UTF8.GetString(_writer.Token(2, "a"u8)));
    }
}
