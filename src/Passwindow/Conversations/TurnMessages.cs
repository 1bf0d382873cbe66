using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Conversations;

/// <summary>
/// Makes the messages of a turn that has ended out of its events: what the model said, what it called, what came back, round by round. Calls are not
/// yet paired with their results (<see cref="History"/>): those of the client stand in the turn that went on.
/// </summary>
internal sealed class TurnMessages
{
    private readonly List<ChatMessage> _messages = [];
    private readonly List<MessagePart> _reasoning = [];
    private readonly List<MessagePart> _calls = [];
    private readonly List<MessagePart> _actionResults = [];
    private readonly List<MessagePart> _results = [];
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thought = new();

    private TurnMessages()
    {
    }

    public static async Task<IReadOnlyList<ChatMessage>> ReadAsync(ITurnReader turn, CancellationToken cancellation)
    {
        var reading = new TurnMessages();
        if (turn.Opening.Input is { } given)
            reading._messages.AddRange(given);
        else if (turn.Opening.Continues is null)
            reading._messages.Add(Memory.Question(turn.Opening.Message));
        await foreach (var committed in turn.ReadAllAsync(cancellation))
            reading.Read(committed.Type, committed.Json.Span);
        reading.EndRound();
        return reading._messages;
    }

    /// <summary>What the client's tools gave, for the model.</summary>
    public static ChatMessage Of(IReadOnlyList<ClientResult> results) => new(
        ChatRole.Tool,
        [.. results.Select(static result => new ToolResultPart(result.Id, result.Name, result.Error ?? result.Result!.Value.GetRawText(), IsError: result.Error is not null))]);

    private void Read(EventType type, ReadOnlySpan<byte> json)
    {
        // Results stand at the end of a round: what the model says after them is the next.
        bool isModels = type is EventType.Token or EventType.Reasoning or EventType.ToolArguments or EventType.ToolCall or EventType.Action;
        if (isModels && (_results.Count > 0 || (_actionResults.Count > 0 && type != EventType.Action)))
            EndRound();
        switch (type)
        {
            case EventType.Token:
                _text.Append(EventJson.GetString(json, "token"u8));
                break;
            case EventType.Reasoning:
                AddReasoning(json);
                break;
            case EventType.ToolCall:
                _calls.Add(new ToolCallPart(Text(json, "id"u8), Text(json, "name"u8), Encoding.UTF8.GetString(EventJson.GetRequired(json, "arguments"u8))));
                break;
            case EventType.Action:
                var (name, arguments) = ActionCall.Read(EventJson.GetRequired(json, "action"u8));
                _calls.Add(new ToolCallPart(Text(json, "id"u8), name, arguments));
                _actionResults.Add(new ToolResultPart(Text(json, "id"u8), name, ActionCall.Result, IsError: false));
                break;
            case EventType.ToolResult:
                string? error = EventJson.GetString(json, "error"u8);
                string result = error ?? Encoding.UTF8.GetString(EventJson.GetRequired(json, "result"u8));
                _results.Add(new ToolResultPart(Text(json, "id"u8), Text(json, "name"u8), result, IsError: error is not null));
                break;
        }
    }

    private void AddReasoning(ReadOnlySpan<byte> json)
    {
        _thought.Append(EventJson.GetString(json, "reasoning"u8));
        string? signature = EventJson.GetString(json, "signature"u8);
        string? redacted = EventJson.GetString(json, "redacted"u8);
        if (signature is null && redacted is null)
            return;
        _reasoning.Add(new ReasoningPart(_thought.ToString(), signature, redacted));
        _thought.Clear();
    }

    private void EndRound()
    {
        if (_text.Length > 0)
            _calls.Insert(0, new TextPart(_text.ToString()));
        if (_calls.Count > 0)
            _messages.Add(new ChatMessage(ChatRole.Assistant, [.. _reasoning, .. _calls]));
        if (_actionResults.Count + _results.Count > 0)
            _messages.Add(new ChatMessage(ChatRole.Tool, [.. _actionResults, .. _results]));
        _text.Clear();
        _thought.Clear();
        _reasoning.Clear();
        _calls.Clear();
        _actionResults.Clear();
        _results.Clear();
    }

    private static string Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> field) => EventJson.GetString(json, field) ?? "";
}
