using System.Text;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>Events that are spelled alike but for their text are read without being parsed: that must never show.</summary>
public sealed class TextShapeTests
{
    private const string Chunk = """{"id":"m","model":"m","choices":[{"index":0,"delta":{"content":"TEXT"},"finish_reason":null}]}""";
    private const string Delta = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"TEXT"}}""";

    [Theory]
    [InlineData("m", "x", "m", "m")] // the text stands elsewhere in the event as well
    [InlineData("a", "\\n", "b", "\\u00e9", "c")] // escapes
    [InlineData("a", "\\ud83d", "\\ude00", "b")] // a pair that was cut
    [InlineData("a", "", "b")] // a piece that is empty
    [InlineData("a", "\",\"x\":\"y", "b")] // another field in its place
    [InlineData("content", "TEXT", "index", "0")]
    [InlineData("é", "\\u00e9", "漢字", "🙂", "tab\\there")]
    public void Text_is_what_a_parser_would_read(params string[] pieces)
    {
        foreach (string template in new[] { Chunk, Delta })
        {
            string?[] expected = [.. pieces.Select(piece => ReadAlone(template, piece))];
            var reader = Reader(template);
            for (int i = 0; i < pieces.Length; i++)
            {
                if (expected[i] is { } text && !text.Contains('\uFFFD'))
                    Assert.Equal(text, Read(reader, template.Replace("TEXT", pieces[i])));
                else
                    _ = Read(reader, template.Replace("TEXT", pieces[i]));
            }
        }
    }

    [Fact]
    public void A_chunk_that_ends_otherwise_is_parsed()
    {
        var reader = new OpenAIChatUpstreamReader();
        Assert.Equal("a", Read(reader, Chunk.Replace("TEXT", "a")));
        Assert.Equal("b", Read(reader, Chunk.Replace("TEXT", "b").Replace("null", "\"length\"")));
        var said = new List<ChatEvent>();
        reader.Read(new SseEvent([], "[DONE]"u8), said);
        Assert.Equal(FinishReason.Length, Assert.IsType<AnswerEnded>(said[^1]).Reason);
    }

    [Fact]
    public void What_stands_beside_the_text_is_never_taken_for_repeated()
    {
        string call = """{"choices":[{"index":0,"delta":{"content":"TEXT","tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]}}]}""";
        string end = """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
        Assert.Equal(Calls("a\\n", "b\\n"), Calls("a", "b"));
        Assert.Equal(2, Calls("a", "b"));

        int Calls(params string[] texts)
        {
            var reader = new OpenAIChatUpstreamReader();
            var said = new List<ChatEvent>();
            foreach (string json in texts.Select(text => call.Replace("TEXT", text)).Append(end).Append("[DONE]"))
                reader.Read(new SseEvent([], Encoding.UTF8.GetBytes(json)), said);
            return said.Count(static each => each is ToolCallRequested);
        }
    }

    [Fact]
    public void A_block_that_was_stopped_in_between_is_not_continued()
    {
        var reader = new AnthropicUpstreamReader();
        _ = Read(reader, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        Assert.Equal("a", Read(reader, Delta.Replace("TEXT", "a")));
        Assert.Equal("b", Read(reader, Delta.Replace("TEXT", "b")));
        _ = Read(reader, """{"type":"content_block_stop","index":0}""");
        Assert.Throws<UpstreamException>(() => Read(reader, Delta.Replace("TEXT", "c")));
    }

    [Fact]
    public void What_is_no_text_alone_is_left_for_who_parses()
    {
        var reader = new OpenAIChatUpstreamReader();
        byte[] alike = Encoding.UTF8.GetBytes(Chunk.Replace("TEXT", "b"));
        Assert.False(reader.TryReadText(new SseEvent([], alike), out _)); // nothing is known yet
        Assert.Equal("a", Read(reader, Chunk.Replace("TEXT", "a")));

        Assert.True(reader.TryReadText(new SseEvent([], alike), out var text));
        Assert.Equal("b", Encoding.UTF8.GetString(text));
        Assert.False(reader.TryReadText(new SseEvent("error"u8, alike), out _));
        Assert.False(reader.TryReadText(new SseEvent([], Encoding.UTF8.GetBytes(Chunk.Replace("TEXT", "\\n"))), out var none));
        Assert.True(none.IsEmpty);
        Assert.False(reader.TryReadText(new SseEvent([], Encoding.UTF8.GetBytes(Chunk.Replace("null", "\"stop\""))), out _));
        Assert.True(reader.TryReadText(new SseEvent([], alike), out _)); // to have asked changes nothing

        Assert.Null(Read(reader, Chunk.Replace("\"TEXT\"", "null").Replace("finish_reason\":null", "finish_reason\":\"stop\"")));
        Assert.Null(Read(reader, "[DONE]"));
        Assert.False(reader.TryReadText(new SseEvent([], alike), out _)); // what comes after the end is not read
    }

    private static UpstreamReader Reader(string template)
    {
        if (template == Chunk)
            return new OpenAIChatUpstreamReader();
        var reader = new AnthropicUpstreamReader();
        _ = Read(reader, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        return reader;
    }

    private static string? ReadAlone(string template, string piece) => Read(Reader(template), template.Replace("TEXT", piece));

    private static string? Read(UpstreamReader reader, string json)
    {
        var said = new List<ChatEvent>();
        reader.Read(new SseEvent([], Encoding.UTF8.GetBytes(json)), said);
        return said is [.., TextDelta text] ? Encoding.UTF8.GetString(text.Text.Span) : null;
    }
}
