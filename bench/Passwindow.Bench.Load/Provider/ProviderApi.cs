using System.Text;

namespace Passwindow.Bench.Load.Provider;

/// <summary>A provider's streaming API as bytes that are made once: of a token only the digits change.</summary>
internal sealed class ProviderApi
{
    /// <summary>How many tokens a stream without a pace sends in one write: some 15 KB.</summary>
    public const int TokensTogether = 64;

    private readonly byte[] _together;
    private readonly int _tokenBytes;
    private readonly int _stampAt;

    private ProviderApi(string head, string token, string end)
    {
        Head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunk(head));
        End = Encoding.ASCII.GetBytes(Chunk(end) + "0\r\n\r\n");
        byte[] one = Encoding.ASCII.GetBytes(Chunk(token));
        _tokenBytes = one.Length;
        _stampAt = one.AsSpan().IndexOf(Stamp.Mark);
        _together = [.. Enumerable.Repeat(one, TokensTogether).SelectMany(static each => each)];
    }

    public static ProviderApi OpenAI { get; } = new(
        OpenAIChunk("""{"role":"assistant","content":""}""", "null"),
        OpenAIChunk($$"""{"content":"{{Stamp.Blank}}"}""", "null"),
        OpenAIChunk("{}", "\"stop\"") + "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9,\"total_tokens\":18}}\n\ndata: [DONE]\n\n");

    public static ProviderApi Anthropic { get; } = new(
        AnthropicEvent("""{"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant","model":"bench","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":1}}}""")
            + AnthropicEvent("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
        AnthropicEvent($$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{Stamp.Blank}}}"}}"""),
        AnthropicEvent("""{"type":"content_block_stop","index":0}""")
            + AnthropicEvent("""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""")
            + AnthropicEvent("""{"type":"message_stop"}"""));

    /// <summary>The response's head and the frames before the first token.</summary>
    public byte[] Head { get; }

    /// <summary>The frames after the last token, and the body's end.</summary>
    public byte[] End { get; }

    /// <summary>So many tokens with these numbers and this time. The bytes are good until the next call.</summary>
    public ReadOnlySpan<byte> Tokens(int first, int count, long time)
    {
        var first19 = _together.AsSpan(_stampAt, Stamp.Length);
        Stamp.WriteTime(first19, time);
        for (int i = 0; i < count; i++)
        {
            var stamp = _together.AsSpan((i * _tokenBytes) + _stampAt, Stamp.Length);
            if (i > 0)
                Stamp.CopyTime(first19, stamp);
            Stamp.WriteNumber(stamp, first + i);
        }

        return _together.AsSpan(0, count * _tokenBytes);
    }

    private static string OpenAIChunk(string delta, string finish) =>
        $$"""data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1790000000,"model":"bench","system_fingerprint":"fp_bench","choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finish}}}]}""" + "\n\n";

    private static string AnthropicEvent(string data) => $"event: {data.Split('"')[3]}\ndata: {data}\n\n";

    private static string Chunk(string frames) => $"{frames.Length:x}\r\n{frames}\r\n";
}
