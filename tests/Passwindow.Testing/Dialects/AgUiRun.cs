using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>A run as an AG-UI client knows it while it goes on.</summary>
internal sealed class AgUiRun
{
    private readonly HashSet<string> _openTexts = [];
    private readonly HashSet<string> _openSpans = [];
    private readonly HashSet<string> _openThoughts = [];
    private readonly HashSet<string> _openCalls = [];
    private readonly List<(string Id, string Role)> _messages = [];
    private readonly Dictionary<string, string> _texts = [];
    private readonly List<ToldCall> _calls = [];
    private readonly HashSet<string> _unanswered = [];
    private string? _turn;
    private (long? Input, long? Output) _usage;
    private string? _end;
    private string? _error;

    /// <summary>What came of it; only what this turn said, not what was said before it.</summary>
    public Told Told => new()
    {
        Text = Joined("assistant"),
        Reasoning = Joined("reasoning"),
        Calls = [.. _calls.Select(static call => call with { Arguments = ToldCall.Canonical(call.Arguments) })],
        InputTokens = _usage.Input,
        OutputTokens = _usage.Output,
        End = _end,
        ErrorCode = _error,
    };

    public void Take(JsonElement json)
    {
        string type = Field(json, "type");
        if (_end is not null || _error is not null)
            throw new ProtocolViolationException($"{type} after the end.");
        if (_turn is null != type is "RUN_STARTED" && type != "RUN_ERROR")
            throw new ProtocolViolationException($"{type} where RUN_STARTED has {(_turn is null ? "not " : "")}been.");
        switch (type)
        {
            case "RUN_STARTED":
                _ = Field(json, "threadId") + Field(json, "runId");
                _turn = Field(json.GetProperty("metadata"), "turn_id");
                break;
            case "MESSAGES_SNAPSHOT":
                foreach (var message in json.GetProperty("messages").EnumerateArray())
                    Restore(message);
                break;
            case "TEXT_MESSAGE_START":
                Open(_openTexts, json, "messageId");
                Add(json, "assistant");
                break;
            case "TEXT_MESSAGE_CONTENT":
                Continue(_openTexts, json, "messageId");
                _texts[Field(json, "messageId")] += Field(json, "delta") is { Length: > 0 } delta ? delta : throw new ProtocolViolationException("An empty delta.");
                break;
            case "TEXT_MESSAGE_END":
                Close(_openTexts, json, "messageId");
                break;
            case "REASONING_START":
                Open(_openSpans, json, "messageId");
                break;
            case "REASONING_MESSAGE_START":
                Continue(_openSpans, json, "messageId");
                Open(_openThoughts, json, "messageId");
                Add(json, Field(json, "role"));
                break;
            case "REASONING_MESSAGE_CONTENT":
                Continue(_openThoughts, json, "messageId");
                _texts[Field(json, "messageId")] += Field(json, "delta");
                break;
            case "REASONING_MESSAGE_END":
                Close(_openThoughts, json, "messageId");
                break;
            case "REASONING_END":
                Close(_openSpans, json, "messageId");
                break;
            case "TOOL_CALL_START":
                Open(_openCalls, json, "toolCallId");
                Call(Field(json, "toolCallId"), Field(json, "toolCallName"));
                _ = Field(json, "parentMessageId");
                break;
            case "TOOL_CALL_ARGS":
                Continue(_openCalls, json, "toolCallId");
                Change(Field(json, "toolCallId"), call => call with { Arguments = call.Arguments + Field(json, "delta") });
                break;
            case "TOOL_CALL_END":
                Close(_openCalls, json, "toolCallId");
                break;
            case "TOOL_CALL_RESULT":
                Answer(json);
                break;
            case "CUSTOM":
                if (Field(json, "name") == "action")
                    _calls.RemoveAll(call => call.Id == Field(json.GetProperty("value"), "id"));
                break;
            case "RUN_FINISHED":
                Finish(json);
                break;
            case "RUN_ERROR":
                _ = Field(json, "message");
                _error = Field(json, "code");
                _usage = Usage(json);
                break;
            default:
                throw new ProtocolViolationException($"{type} is not told here.");
        }
    }

    private void Finish(JsonElement json)
    {
        if (_openTexts.Count + _openSpans.Count + _openThoughts.Count + _openCalls.Count > 0)
            throw new ProtocolViolationException("RUN_FINISHED while something is open.");
        var outcome = json.GetProperty("outcome");
        _usage = Usage(json);
        _end = Field(outcome, "type") == "interrupt" ? "interrupt" : Field(json.GetProperty("metadata"), "finish_reason");
        if (Field(outcome, "type") == "cancelled" != _end is "stopped" or "abandoned")
            throw new ProtocolViolationException($"The outcome of {_end} is {Field(outcome, "type")}.");
        string[] unanswered = [.. _calls.Where(call => call.Result is null && !_unanswered.Contains(call.Id)).Select(static call => call.Id)];
        string[] pending = outcome.TryGetProperty("pendingToolCallIds", out var ids) ? [.. ids.EnumerateArray().Select(static id => id.GetString()!)] : [];
        if (Field(outcome, "type") == "success" && !pending.SequenceEqual(unanswered))
            throw new ProtocolViolationException("A client would take other calls for pending than those that are.");
    }

    private void Answer(JsonElement json)
    {
        _ = Field(json, "messageId");
        bool isError = json.TryGetProperty("metadata", out var metadata);
        if (isError && metadata.TryGetProperty("unanswered", out _))
            _unanswered.Add(Field(json, "toolCallId"));
        else
            Change(Field(json, "toolCallId"), call => call with { Result = Field(json, "content"), IsError = isError });
    }

    /// <summary>What the opening tells of this turn; what it tells of others is theirs.</summary>
    private void Restore(JsonElement message)
    {
        string id = Field(message, "id");
        if (!id.StartsWith($"{_turn}-", StringComparison.Ordinal) || id.Contains("-given-", StringComparison.Ordinal))
            return;
        string role = Field(message, "role");
        if (role == "tool")
        {
            Change(Field(message, "toolCallId"), call => call with { Result = Field(message, "content"), IsError = message.TryGetProperty("metadata", out _) });
            return;
        }

        _messages.Add((id, role));
        _texts[id] = message.TryGetProperty("content", out var content) ? content.GetString()! : "";
        foreach (var call in message.TryGetProperty("toolCalls", out var calls) ? calls.EnumerateArray() : [])
        {
            var function = call.GetProperty("function");
            Call(Field(call, "id"), Field(function, "name"));
            Change(Field(call, "id"), restored => restored with { Arguments = Field(function, "arguments") });
        }
    }

    private void Call(string id, string name)
    {
        // A start of a call that a client has, and that nobody answered, opens it again.
        if (!_calls.Exists(call => call.Id == id && call.Result is null))
            _calls.Add(new ToldCall(id, name, "", null, false));
    }

    private void Change(string id, Func<ToldCall, ToldCall> change)
    {
        int at = _calls.FindLastIndex(call => call.Id == id && call.Result is null);
        if (at >= 0)
            _calls[at] = change(_calls[at]);
    }

    private void Add(JsonElement json, string role)
    {
        string id = Field(json, "messageId");
        if (_texts.TryAdd(id, ""))
            _messages.Add((id, role));
    }

    private string Joined(string role) => string.Concat(_messages.Where(message => message.Role == role).Select(message => _texts[message.Id]));

    private static (long? Input, long? Output) Usage(JsonElement json)
    {
        if (!json.TryGetProperty("usage", out var usage))
            return default;
        static long? count(JsonElement one, string name) => one.TryGetProperty(name, out var value) ? value.GetInt64() : null;
        return (count(usage[0], "inputTokens"), count(usage[0], "outputTokens"));
    }

    private static void Open(HashSet<string> open, JsonElement json, string field)
    {
        if (!open.Add(Field(json, field)))
            throw new ProtocolViolationException($"{Field(json, "type")} of what is open.");
    }

    private static void Continue(HashSet<string> open, JsonElement json, string field)
    {
        if (!open.Contains(Field(json, field)))
            throw new ProtocolViolationException($"{Field(json, "type")} of what is not open.");
    }

    private static void Close(HashSet<string> open, JsonElement json, string field)
    {
        if (!open.Remove(Field(json, field)))
            throw new ProtocolViolationException($"{Field(json, "type")} of what is not open.");
    }

    private static string Field(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new ProtocolViolationException($"No text {name} in {json.GetRawText()}.");
}
