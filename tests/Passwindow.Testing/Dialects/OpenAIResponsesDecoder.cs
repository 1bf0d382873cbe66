using System.Text;
using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>
/// Reads the events of OpenAI's Responses API as the official SDKs do: numbered without holes, items and parts that begin before they grow, and a last
/// event whose response holds what was said.
/// </summary>
public static class OpenAIResponsesDecoder
{
    /// <summary>What it leaves out.</summary>
    public static IReadOnlyList<string> Losses { get; } =
    [
        "calls of the server's tools, their results, actions, approvals, follow-up questions, seams",
        "items of tools that run at the provider (`web_search_call`, `mcp_call`, …), custom tools' inputs as such",
        "which text was a reasoning text and which a summary; the borders of summary parts",
        "`logprobs`, `phase`, `obfuscation`, places of sources that the provider did not say (0 to 0)",
        "`strict` in the echo of `tools`",
    ];

    /// <exception cref="ProtocolViolationException">An SDK would be wrong about it.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var (text, reasoning, calls, items) = (new StringBuilder(), new StringBuilder(), new List<ToldCall>(), new Dictionary<string, int>());
        var told = new Told();
        var (next, isOver) = (0L, false);
        foreach (var frame in frames)
        {
            var json = JsonElement.Parse(frame.Data);
            string field(string name) => json.GetProperty(name).GetString()!;
            if (isOver || field("type") != frame.Type || json.GetProperty("sequence_number").GetInt64() != next++ || (next <= 2) != (frame.Type is "response.created" or "response.in_progress") && frame.Type != "error")
                throw new ProtocolViolationException($"{frame.Type} at a wrong place.");
            switch (frame.Type)
            {
                case "response.output_item.added":
                    var item = json.GetProperty("item");
                    if (json.GetProperty("output_index").GetInt32() != items.Count)
                        throw new ProtocolViolationException("An item out of order.");
                    bool isCall = item.GetProperty("type").GetString() == "function_call";
                    items.Add(item.GetProperty("id").GetString()!, isCall ? calls.Count : -1);
                    if (isCall)
                        calls.Add(new ToldCall(item.GetProperty("call_id").GetString()!, item.GetProperty("name").GetString()!, "", null, false));
                    break;
                case "response.output_text.delta" or "response.refusal.delta":
                    text.Append(field("delta"), 0, items.ContainsKey(field("item_id")) ? field("delta").Length : throw new ProtocolViolationException("A piece of no item."));
                    break;
                case "response.reasoning_summary_text.delta":
                    reasoning.Append(field("delta"), 0, items.ContainsKey(field("item_id")) ? field("delta").Length : throw new ProtocolViolationException("A piece of no item."));
                    break;
                case "response.function_call_arguments.delta":
                    int at = items[field("item_id")];
                    calls[at] = calls[at] with { Arguments = calls[at].Arguments + field("delta") };
                    break;
                case "response.function_call_arguments.done":
                    if (calls[items[field("item_id")]].Arguments != field("arguments"))
                        throw new ProtocolViolationException("The arguments are not their pieces.");
                    break;
                case "response.completed" or "response.incomplete" or "response.failed":
                    (told, isOver) = (End(json.GetProperty("response"), frame.Type, text.ToString()), true);
                    break;
                case "error":
                    (told, isOver) = (told with { ErrorCode = field("code") }, true);
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
        bool isCounted = (truth.InputTokens ?? truth.OutputTokens) is not null;
        string end = truth.End switch
        {
            "stop" or "tool_calls" => "completed",
            "length" or "tool_limit" => "incomplete max_output_tokens",
            "content_filter" => "incomplete content_filter",
            "stopped" or "abandoned" => "cancelled",
            _ => "failed",
        };
        return OpenAIDecoder.Left(truth, isClients) with
        {
            End = end,
            InputTokens = isCounted ? truth.InputTokens ?? 0 : null,
            OutputTokens = isCounted ? truth.OutputTokens ?? 0 : null,
            ErrorCode = end != "failed" ? null : truth.ErrorCode == "upstream_rate_limited" ? "rate_limit_exceeded" : "server_error",
        };
    }

    private static Told End(JsonElement response, string type, string text)
    {
        string status = response.GetProperty("status").GetString()!;
        if (type == "response.completed" != (status == "completed"))
            throw new ProtocolViolationException($"{type} of a response that is {status}.");
        string held = string.Concat(response.GetProperty("output").EnumerateArray().Where(static item => item.GetProperty("type").GetString() == "message")
            .SelectMany(static item => item.GetProperty("content").EnumerateArray()).Select(static part => part.TryGetProperty("text", out var said) ? said.GetString() : part.GetProperty("refusal").GetString()));
        if (held != text)
            throw new ProtocolViolationException("The response does not hold what was said.");
        bool isCounted = response.GetProperty("usage").ValueKind == JsonValueKind.Object;
        return new Told
        {
            End = status == "incomplete" ? $"incomplete {response.GetProperty("incomplete_details").GetProperty("reason").GetString()}" : status,
            ErrorCode = response.GetProperty("error").ValueKind == JsonValueKind.Object ? response.GetProperty("error").GetProperty("code").GetString() : null,
            InputTokens = isCounted ? response.GetProperty("usage").GetProperty("input_tokens").GetInt64() : null,
            OutputTokens = isCounted ? response.GetProperty("usage").GetProperty("output_tokens").GetInt64() : null,
        };
    }
}
