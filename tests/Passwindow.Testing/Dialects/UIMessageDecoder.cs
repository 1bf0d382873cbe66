using System.Text;
using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>Reads the UI message stream as the AI SDK's own reducer does: what was not begun cannot go on, and what is open at the end is an error.</summary>
public static class UIMessageDecoder
{
    /// <summary>What it leaves out.</summary>
    public static IReadOnlyList<string> Losses { get; } =
    [
        "that a text is a refusal", "the seal and the encrypted parts of reasoning", "how long a tool ran", "empty tokens",
    ];

    /// <exception cref="ProtocolViolationException">A client would throw at it.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var (text, reasoning, calls, open) = (new StringBuilder(), new StringBuilder(), new List<ToldCall>(), new HashSet<string>());
        var told = new Told();
        var (isFirst, ended, isOver) = (true, false, false);
        foreach (var frame in frames)
        {
            if (isOver || frame.Type != "message")
                throw new ProtocolViolationException("A frame after [DONE], or one with a name.");
            isOver = frame.Data == "[DONE]";
            if (isOver)
                continue;
            var json = JsonElement.Parse(frame.Data);
            string field(string name) => json.GetProperty(name).GetString()!;
            string type = field("type");
            if (ended || isFirst != (type == "start"))
                throw new ProtocolViolationException($"{type} at a wrong place.");
            isFirst = false;
            if (json.TryGetProperty("messageMetadata", out var metadata))
                told = Merge(told, metadata);
            switch (type)
            {
                case "text-start" or "reasoning-start":
                    if (!open.Add(field("id")))
                        throw new ProtocolViolationException($"{type} of what is open.");
                    break;
                case "text-delta" or "reasoning-delta":
                    if (!open.Contains(field("id")))
                        throw new ProtocolViolationException($"{type} of what is not open.");
                    (type == "text-delta" ? text : reasoning).Append(field("delta"));
                    break;
                case "text-end" or "reasoning-end":
                    if (!open.Remove(field("id")))
                        throw new ProtocolViolationException($"{type} of what is not open.");
                    break;
                case "tool-input-start":
                    calls.Add(new ToldCall(field("toolCallId"), field("toolName"), "", null, false));
                    break;
                case "tool-input-delta":
                    Change(calls, field("toolCallId"), call => call with { Arguments = call.Arguments + field("inputTextDelta") });
                    break;
                case "tool-input-available":
                    if (!calls.Exists(call => call.Id == field("toolCallId")))
                        calls.Add(new ToldCall(field("toolCallId"), field("toolName"), "", null, false));
                    Change(calls, field("toolCallId"), call => call with { Arguments = JsonSerializer.Serialize(json.GetProperty("input")) });
                    break;
                case "tool-output-available":
                    Change(calls, field("toolCallId"), call => call with { Result = ToldCall.TextOf(json.GetProperty("output")) });
                    break;
                case "tool-output-error":
                    Change(calls, field("toolCallId"), call => call with { Result = field("errorText"), IsError = true });
                    break;
                case "data-action":
                    calls.RemoveAll(call => call.Id == field("id"));
                    break;
                case "finish" or "abort" or "error":
                    ended = true;
                    break;
            }
        }

        if (!isOver || !ended || open.Count > 0)
            throw new ProtocolViolationException("It did not end in order.");
        return told with { Text = text.ToString(), Reasoning = reasoning.ToString(), Calls = [.. calls.Select(static call => call with { Arguments = ToldCall.Canonical(call.Arguments) })] };
    }

    /// <summary>What is left of a turn.</summary>
    public static Told Left(Told truth, Func<string, bool> isClients) => truth with { Calls = [.. truth.Calls.Select(static call => call with { IsWhole = false })] };

    private static Told Merge(Told told, JsonElement metadata)
    {
        if (metadata.TryGetProperty("finish_reason", out var reason))
            told = told with { End = reason.GetString() };
        if (metadata.TryGetProperty("error", out var error))
            told = told with { ErrorCode = error.GetProperty("code").GetString() };
        if (!metadata.TryGetProperty("usage", out var usage))
            return told;
        long? count(string name) => usage.TryGetProperty(name, out var value) ? value.GetInt64() : null;
        return told with { InputTokens = count("input_tokens"), OutputTokens = count("output_tokens") };
    }

    private static void Change(List<ToldCall> calls, string id, Func<ToldCall, ToldCall> change)
    {
        int at = calls.FindLastIndex(call => call.Id == id);
        calls[at] = at >= 0 ? change(calls[at]) : throw new ProtocolViolationException($"A piece of the call {id}, which was not begun.");
    }
}
