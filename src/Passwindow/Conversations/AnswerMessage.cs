using System.Text;
using System.Text.Json;
using Passwindow.Protocol;

namespace Passwindow.Conversations;

/// <summary>Gathers the events of a turn into the message that a page shows for its answer.</summary>
internal sealed class AnswerMessage
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<ReadOnlyMemory<byte>> _calls = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _results = [];
    private readonly List<ReadOnlyMemory<byte>> _actions = [];
    private readonly List<ReadOnlyMemory<byte>> _citations = [];
    private ReadOnlyMemory<byte>? _suggestions;
    private ReadOnlyMemory<byte>? _usage;
    private ReadOnlyMemory<byte>? _error;
    private string? _reason;

    public void Add(in CommittedEvent committed)
    {
        var json = committed.Json;
        switch (committed.Type)
        {
            case EventType.Token:
                _text.Append(EventJson.GetString(json.Span, "token"u8));
                break;
            case EventType.Reasoning:
                _reasoning.Append(EventJson.GetString(json.Span, "reasoning"u8));
                break;
            case EventType.ToolCall:
                _calls.Add(json);
                break;
            case EventType.ToolResult:
                Answer(json);
                break;
            case EventType.Action:
                _actions.Add(json);
                break;
            case EventType.Citation:
                _citations.Add(json);
                break;
            case EventType.SuggestedQuestions:
                _suggestions = json;
                break;
            case EventType.Usage:
                _usage = json;
                break;
            case EventType.Error:
                _error = json;
                break;
            case EventType.Done:
                _reason = EventJson.GetString(json.Span, "finish_reason"u8);
                break;
        }
    }

    /// <summary>Writes the message's members, absent ones left out.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("content"u8, _text.ToString());
        if (_reasoning.Length > 0)
            json.WriteString("reasoning"u8, _reasoning.ToString());
        WriteCalls(json);
        WriteEach(json, "actions"u8, _actions, "action"u8);
        WriteEach(json, "citations"u8, _citations, "citation"u8);
        if (_suggestions is { } suggestions)
            WriteRaw(json, "suggested_questions"u8, suggestions, "suggested_questions"u8);
        WriteFact(json, "usage"u8, _usage);
        WriteFact(json, "error"u8, _error);
        if (_reason is not null)
            json.WriteString("finish_reason"u8, _reason);
    }

    private void Answer(ReadOnlyMemory<byte> result)
    {
        string id = EventJson.GetString(result.Span, "id"u8) ?? "";
        _results[id] = result;

        // A call whose arguments were no JSON object has no event of its own, but it was answered.
        if (!_calls.Exists(call => EventJson.GetString(call.Span, "id"u8) == id))
            _calls.Add(result);
    }

    private void WriteCalls(Utf8JsonWriter json)
    {
        if (_calls.Count == 0)
            return;
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in _calls)
        {
            json.WriteStartObject();
            WriteRaw(json, "id"u8, call, "id"u8);
            WriteRaw(json, "name"u8, call, "name"u8);
            WriteRaw(json, "arguments"u8, call, "arguments"u8);
            if (_results.TryGetValue(EventJson.GetString(call.Span, "id"u8) ?? "", out var result))
            {
                WriteRaw(json, "result"u8, result, "result"u8);
                WriteRaw(json, "error"u8, result, "error"u8);
                WriteRaw(json, "duration_ms"u8, result, "duration_ms"u8);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEach(Utf8JsonWriter json, ReadOnlySpan<byte> name, List<ReadOnlyMemory<byte>> events, ReadOnlySpan<byte> field)
    {
        if (events.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var each in events)
        {
            if (EventJson.TryGetRaw(each.Span, field, out var value))
                json.WriteRawValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> from, ReadOnlySpan<byte> field)
    {
        if (!EventJson.TryGetRaw(from.Span, field, out var value))
            return;
        json.WritePropertyName(name);
        json.WriteRawValue(value);
    }

    /// <summary>The event itself, without what makes it an event.</summary>
    private static void WriteFact(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlyMemory<byte>? fact)
    {
        if (fact is not { } bytes)
            return;
        using var document = JsonDocument.Parse(bytes);
        json.WriteStartObject(name);
        foreach (var field in document.RootElement.EnumerateObject().Where(static field => field.Name is not ("type" or "seq")))
            field.WriteTo(json);
        json.WriteEndObject();
    }
}
