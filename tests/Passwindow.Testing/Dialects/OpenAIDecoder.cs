using System.Text;
using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>Reads chunks of OpenAI's Chat Completions as the official SDKs do, and does not take what they would put up with.</summary>
public static class OpenAIDecoder
{
    /// <summary>What it leaves out.</summary>
    public static IReadOnlyList<string> Losses { get; } =
    [
        "calls of the server's own tools, and all results",
        "actions, follow-up questions and seams",
        "sources without a URL",
        "signatures of thinking, `logprobs`, `system_fingerprint`",
        "that a limit on rounds of tools cut the answer: it is told as `length`",
        "a count of tokens that nobody said, beside one that somebody did: it is told as 0",
        "the times",
    ];

    /// <exception cref="ProtocolViolationException">An SDK would be wrong about it.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var (text, reasoning, calls) = (new StringBuilder(), new StringBuilder(), new List<ToldCall>());
        var told = new Told();
        var (id, isOver) = ((string?)null, false);
        foreach (var frame in frames)
        {
            if (isOver || frame.Type != "message")
                throw new ProtocolViolationException($"{frame.Type} {frame.Data} after the end, or with a name.");
            if (frame.Data == "[DONE]")
            {
                isOver = told.End is not null ? true : throw new ProtocolViolationException("[DONE] without a finish_reason.");
                continue;
            }

            var json = JsonElement.Parse(frame.Data);
            if (json.TryGetProperty("error", out var error))
            {
                (told, isOver) = (told with { ErrorCode = error.GetProperty("code").GetString(), End = null }, true);
                continue;
            }

            id ??= json.GetProperty("id").GetString();
            if (json.GetProperty("object").GetString() != "chat.completion.chunk" || json.GetProperty("id").GetString() != id)
                throw new ProtocolViolationException("A chunk of another answer.");
            if (json.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
                told = told with { InputTokens = usage.GetProperty("prompt_tokens").GetInt64(), OutputTokens = usage.GetProperty("completion_tokens").GetInt64() };
            foreach (var choice in json.GetProperty("choices").EnumerateArray())
            {
                if (told.End is not null)
                    throw new ProtocolViolationException("A choice after its finish_reason.");
                var delta = choice.GetProperty("delta");
                text.Append(Text(delta, "content")).Append(Text(delta, "refusal"));
                reasoning.Append(Text(delta, "reasoning_content"));
                foreach (var call in delta.TryGetProperty("tool_calls", out var pieces) ? pieces.EnumerateArray() : [])
                    Add(calls, call);
                told = told with { End = choice.GetProperty("finish_reason").GetString() };
            }
        }

        if (!isOver)
            throw new ProtocolViolationException("It never ended.");
        return told with { Text = text.ToString(), Reasoning = reasoning.ToString(), Calls = [.. calls.Select(static call => call with { Arguments = ToldCall.Canonical(call.Arguments) })] };
    }

    /// <summary>What is left of a turn.</summary>
    public static Told Left(Told truth, Func<string, bool> isClients)
    {
        bool isEnd = truth.ErrorCode is null && truth.End is "stop" or "length" or "content_filter" or "tool_calls" or "tool_limit";
        bool isCounted = (truth.InputTokens ?? truth.OutputTokens) is not null;
        return truth with
        {
            Calls = [.. truth.Calls.Where(call => isClients(call.Name)).Select(static call => call with { Result = null, IsError = false, IsWhole = false })],
            InputTokens = isCounted ? truth.InputTokens ?? 0 : null,
            OutputTokens = isCounted ? truth.OutputTokens ?? 0 : null,
            End = !isEnd ? null : truth.End == "tool_limit" ? "length" : truth.End,
            ErrorCode = truth.ErrorCode ?? (isEnd ? null : truth.End),
        };
    }

    private static void Add(List<ToldCall> calls, JsonElement piece)
    {
        int index = piece.GetProperty("index").GetInt32();
        var function = piece.GetProperty("function");
        if (index == calls.Count)
            calls.Add(new ToldCall(piece.GetProperty("id").GetString()!, function.GetProperty("name").GetString()!, "", null, false));
        calls[index] = calls[index] with { Arguments = calls[index].Arguments + function.GetProperty("arguments").GetString() };
    }

    private static string? Text(JsonElement delta, string name) => delta.TryGetProperty(name, out var value) ? value.GetString() : null;
}
