using System.Text;
using System.Text.Json.Nodes;

namespace Passwindow.Tests.Http;

/// <summary>A streamed answer of Anthropic's Messages API.</summary>
internal static class AnthropicChunks
{
    /// <summary>A whole answer of text.</summary>
    public static byte[] Answer(params string[] pieces)
    {
        var stream = new StringBuilder();
        Add("""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","usage":{"input_tokens":3,"output_tokens":1}}}""");
        Add("""{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        foreach (string piece in pieces)
            Add($$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonValue.Create(piece).ToJsonString()}}}}}""");
        Add("""{"type":"content_block_stop","index":0}""");
        Add("""{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2}}""");
        Add("""{"type":"message_stop"}""");
        return Encoding.UTF8.GetBytes(stream.ToString());

        void Add(string json) => stream.Append($"event: {(string)JsonNode.Parse(json)!["type"]!}\ndata: {json}\n\n");
    }
}
