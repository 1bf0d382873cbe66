using System.Text;
using System.Text.Json.Nodes;

namespace Passwindow.Testing;

/// <summary>
/// The frames of a streamed answer of OpenAI's Chat Completions API, one by one: <c>data: {"object":"chat.completion.chunk",…}</c>.
/// </summary>
public static class ChatChunks
{
    /// <summary>The end of the stream.</summary>
    public static byte[] Done => "data: [DONE]\n\n"u8.ToArray();

    /// <summary>The first chunk: the role, no text.</summary>
    public static byte[] Role => Delta(new JsonObject { ["role"] = "assistant", ["content"] = "" });

    /// <summary>A piece of the answer.</summary>
    public static byte[] Text(string text) => Delta(new JsonObject { ["content"] = text });

    /// <summary>A piece of a refusal.</summary>
    public static byte[] Refusal(string text) => Delta(new JsonObject { ["refusal"] = text });

    /// <summary>A piece of visible thinking, as DeepSeek, vLLM and others send it.</summary>
    public static byte[] Reasoning(string text) => Delta(new JsonObject { ["reasoning_content"] = text });

    /// <summary>A piece of a tool call: id and name come with the first, then pieces of the arguments under the same index.</summary>
    public static byte[] ToolCall(int index, string? id = null, string? name = null, string arguments = "")
    {
        var function = new JsonObject { ["arguments"] = arguments };
        if (name is not null)
            function["name"] = name;
        var call = new JsonObject { ["index"] = index, ["function"] = function };
        if (id is not null)
        {
            call["id"] = id;
            call["type"] = "function";
        }

        return Delta(new JsonObject { ["tool_calls"] = new JsonArray(call) });
    }

    /// <summary>A chunk whose delta is this JSON.</summary>
    public static byte[] Delta(string json) => Delta(JsonNode.Parse(json)!.AsObject());

    /// <summary>The last chunk with a choice: <c>stop</c>, <c>length</c>, <c>tool_calls</c> or <c>content_filter</c>.</summary>
    public static byte[] Finish(string reason) => Chunk(new JsonArray(Choice([], reason)), usage: null);

    /// <summary>The chunk after the last choice that <c>stream_options.include_usage</c> asks for: it has no choices.</summary>
    public static byte[] Usage(long input, long output, long cached = 0, long reasoning = 0) => Chunk([], new JsonObject
    {
        ["prompt_tokens"] = input,
        ["completion_tokens"] = output,
        ["total_tokens"] = input + output,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cached },
        ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = reasoning },
    });

    /// <summary>A whole answer: the role, the pieces, <c>stop</c>, the usage, the end.</summary>
    public static byte[] Answer(params string[] pieces) =>
        [.. Role, .. pieces.SelectMany(Text), .. Finish("stop"), .. Usage(3, pieces.Length), .. Done];

    private static byte[] Delta(JsonObject delta) => Chunk(new JsonArray(Choice(delta, finish: null)), usage: null);

    private static JsonObject Choice(JsonObject delta, string? finish) => new() { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish };

    private static byte[] Chunk(JsonArray choices, JsonObject? usage)
    {
        var chunk = new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion.chunk",
            ["created"] = 1767225600,
            ["model"] = "scripted",
            ["choices"] = choices,
        };
        if (usage is not null)
            chunk["usage"] = usage;
        return Encoding.UTF8.GetBytes($"data: {chunk.ToJsonString()}\n\n");
    }
}
