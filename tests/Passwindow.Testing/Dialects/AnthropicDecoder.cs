using System.Text;
using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>Reads the stream of Anthropic's Messages as the official SDKs do: blocks that begin, grow and stop, then the end, each frame with its name.</summary>
public static class AnthropicDecoder
{
    /// <summary>What it leaves out.</summary>
    public static IReadOnlyList<string> Losses { get; } =
    [
        "calls of the server's own tools, and all results",
        "actions, follow-up questions and seams",
        "that a text is a refusal",
        "`stop_details`, `container`, and in `message_start` the `service_tier`",
        "blocks of tools that the provider itself runs (`server_tool_use` and their results, `compaction`, …)",
        "where a text was divided into blocks, if nothing that is shown stood between",
        "a count of tokens that nobody said: it is told as 0",
        "the times",
    ];

    /// <exception cref="ProtocolViolationException">An SDK would be wrong about it.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var (text, reasoning, calls, open) = (new StringBuilder(), new StringBuilder(), new List<ToldCall>(), new Dictionary<int, int>());
        var told = new Told();
        var (next, isFirst, isOver) = (0, true, false);
        foreach (var frame in frames)
        {
            var json = JsonElement.Parse(frame.Data);
            if (frame.Type == "ping")
                continue;
            if (isOver || json.GetProperty("type").GetString() != frame.Type)
                throw new ProtocolViolationException($"{frame.Type} after the end, or under another name.");
            if (isFirst != (frame.Type == "message_start") && frame.Type != "error")
                throw new ProtocolViolationException($"{frame.Type} at a wrong place.");
            isFirst = false;
            switch (frame.Type)
            {
                case "content_block_start":
                    var block = json.GetProperty("content_block");
                    bool isCall = block.GetProperty("type").GetString() == "tool_use";
                    open.Add(json.GetProperty("index").GetInt32() == next ? next++ : throw new ProtocolViolationException("A block out of order."), isCall ? calls.Count : -1);
                    if (isCall)
                        calls.Add(new ToldCall(block.GetProperty("id").GetString()!, block.GetProperty("name").GetString()!, "", null, false));
                    break;
                case "content_block_delta":
                    int call = open.TryGetValue(json.GetProperty("index").GetInt32(), out int at) ? at : throw new ProtocolViolationException("A piece of no block.");
                    var delta = json.GetProperty("delta");
                    text.Append(Text(delta, "text"));
                    reasoning.Append(Text(delta, "thinking"));
                    if (Text(delta, "partial_json") is { } piece)
                        calls[call] = calls[call] with { Arguments = calls[call].Arguments + piece };
                    break;
                case "content_block_stop":
                    if (!open.Remove(json.GetProperty("index").GetInt32()))
                        throw new ProtocolViolationException("A stop of no block.");
                    break;
                case "message_delta":
                    told = End(told, json);
                    break;
                case "message_stop":
                    isOver = told.End is not null && open.Count == 0 ? true : throw new ProtocolViolationException("message_stop before the end.");
                    break;
                case "error":
                    (told, isOver) = (told with { ErrorCode = Text(json.GetProperty("error"), "code") }, true);
                    break;
            }
        }

        if (!isOver)
            throw new ProtocolViolationException("It never ended.");
        return told with { Text = text.ToString(), Reasoning = reasoning.ToString(), Calls = [.. calls.Select(static call => call with { Arguments = ToldCall.Canonical(call.Arguments) })] };
    }

    /// <summary>What is left of a turn.</summary>
    public static Told Left(Told truth, Func<string, bool> isClients)
    {
        var left = OpenAIDecoder.Left(truth, isClients);
        bool isEnd = left.End is not null;
        return left with { End = isEnd ? truth.End : null, InputTokens = isEnd ? truth.InputTokens : null, OutputTokens = isEnd ? truth.OutputTokens ?? 0 : null };
    }

    private static Told End(Told told, JsonElement json)
    {
        var usage = json.GetProperty("usage");
        long? count(string name) => usage.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
        long? input = count("input_tokens");
        return told with
        {
            End = Text(json.GetProperty("delta"), "stop_reason") switch
            {
                "end_turn" or "stop_sequence" => "stop",
                "max_tokens" or "model_context_window_exceeded" => "length",
                "refusal" => "content_filter",
                "tool_use" => "tool_calls",
                "pause_turn" => "tool_limit",
                var other => throw new ProtocolViolationException($"The stop_reason {other}."),
            },
            InputTokens = input is null ? null : input + (count("cache_read_input_tokens") ?? 0) + (count("cache_creation_input_tokens") ?? 0),
            OutputTokens = count("output_tokens"),
        };
    }

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
