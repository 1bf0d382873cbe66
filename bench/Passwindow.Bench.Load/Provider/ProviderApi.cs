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

    private ProviderApi(string name, string path, string opening, string token, string closing)
    {
        Name = name;
        Path = Encoding.ASCII.GetBytes(path);
        Opening = Encoding.ASCII.GetBytes(opening);
        Token = Encoding.ASCII.GetBytes(token);
        Closing = Encoding.ASCII.GetBytes(closing);
        Head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunk(opening));
        End = Encoding.ASCII.GetBytes(Chunk(closing) + "0\r\n\r\n");
        byte[] one = Encoding.ASCII.GetBytes(Chunk(token));
        _tokenBytes = one.Length;
        _stampAt = one.AsSpan().IndexOf(Stamp.Mark);
        _together = [.. Enumerable.Repeat(one, TokensTogether).SelectMany(static each => each)];
    }

    public static ProviderApi OpenAI { get; } = new(
        "OpenAI",
        "/chat/completions",
        OpenAIChunk("""{"role":"assistant","content":""}""", "null"),
        OpenAIChunk($$"""{"content":"{{Stamp.Blank}}"}""", "null"),
        OpenAIChunk("{}", "\"stop\"") + "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"bench\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":9,\"total_tokens\":18}}\n\ndata: [DONE]\n\n");

    public static ProviderApi OpenAIResponses { get; } = new(
        "OpenAIResponses",
        "/responses",
        NamedEvent("""{"type":"response.created","sequence_number":0,"response":{"id":"resp_bench","object":"response","created_at":1790000000,"status":"in_progress","model":"bench","output":[]}}""")
            + NamedEvent("""{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_bench","type":"message","status":"in_progress","role":"assistant","content":[]}}""")
            + NamedEvent("""{"type":"response.content_part.added","sequence_number":2,"item_id":"msg_bench","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}"""),
        NamedEvent($$"""{"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_bench","output_index":0,"content_index":0,"delta":"{{Stamp.Blank}}","logprobs":[]}"""),
        NamedEvent("""{"type":"response.completed","sequence_number":4,"response":{"id":"resp_bench","object":"response","created_at":1790000000,"status":"completed","model":"bench","output":[],"usage":{"input_tokens":9,"output_tokens":9,"total_tokens":18}}}"""));

    public static ProviderApi Anthropic { get; } = new(
        "Anthropic",
        "/messages",
        NamedEvent("""{"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant","model":"bench","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":1}}}""")
            + NamedEvent("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
        NamedEvent($$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{Stamp.Blank}}}"}}"""),
        NamedEvent("""{"type":"content_block_stop","index":0}""")
            + NamedEvent("""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""")
            + NamedEvent("""{"type":"message_stop"}"""));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ProviderApi> All { get; } = [OpenAI, OpenAIResponses, Anthropic];

    public string Name { get; }

    /// <summary>What a request's path ends with.</summary>
    public byte[] Path { get; }

    /// <summary>The frames before the first token.</summary>
    public byte[] Opening { get; }

    /// <summary>The frame of a token.</summary>
    public byte[] Token { get; }

    /// <summary>The frames after the last token.</summary>
    public byte[] Closing { get; }

    /// <summary>The response's head and the opening.</summary>
    public byte[] Head { get; }

    /// <summary>The closing and the body's end.</summary>
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

    private static string NamedEvent(string data) => $"event: {data.Split('"')[3]}\ndata: {data}\n\n";

    private static string Chunk(string frames) => $"{frames.Length:x}\r\n{frames}\r\n";
}
