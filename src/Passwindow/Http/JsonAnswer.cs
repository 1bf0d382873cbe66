using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Http;

/// <summary>
/// The whole turn as one JSON document, for clients that do not stream. It is a viewer like any other, whose dialect keeps what it is
/// shown until the end.
/// </summary>
internal sealed class JsonAnswer(TurnOpening opening) : IFrameWriter
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<JsonElement> _toolCalls = [];
    private readonly List<string> _toolsUsed = [];
    private readonly List<JsonElement> _actions = [];
    private readonly List<JsonElement> _citations = [];
    private readonly List<string> _suggestions = [];
    private JsonElement? _usage;
    private string _reason = "";

    /// <summary>What failed, if the turn failed.</summary>
    public (ErrorCode Code, string Message)? Failure { get; private set; }

    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
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
                AddToolCall(Parse(json));
                break;
            case EventType.Action:
                _actions.Add(Parse(json).GetProperty("action"));
                break;
            case EventType.Citation:
                _citations.Add(Parse(json).GetProperty("citation"));
                break;
            case EventType.SuggestedQuestions:
                _suggestions.AddRange(Parse(json).GetProperty("suggested_questions").EnumerateArray().Select(static each => each.GetString()!));
                break;
            case EventType.Usage:
                _usage = Parse(json);
                break;
            case EventType.Error:
                bool known = Words.TryParse(EventJson.GetString(json.Span, "code"u8), out ErrorCode code);
                Failure = (known ? code : ErrorCode.Internal, EventJson.GetString(json.Span, "message"u8) ?? "");
                break;
            case EventType.Done:
                _reason = EventJson.GetString(json.Span, "finish_reason"u8) ?? "";
                break;
        }
    }

    /// <summary>Nothing: a byte sent now would decide the status, which only the end knows.</summary>
    public void WriteHeartbeat(IBufferWriter<byte> output)
    {
    }

    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => Failure = (notice.Code, notice.Message);

    /// <summary>Writes the document.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using var json = ResponseJson.To(output);
        json.WriteStartObject();
        json.WriteString("conversation_id"u8, opening.Conversation.Value);
        json.WriteString("turn_id"u8, opening.Turn.Value);
        json.WriteString("response"u8, _text.ToString());
        if (_reasoning.Length > 0)
            json.WriteString("reasoning"u8, _reasoning.ToString());
        json.WriteString("finish_reason"u8, _reason);
        json.WriteStartObject("usage"u8);
        foreach (var field in _usage?.EnumerateObject().Where(static field => field.Name is not ("type" or "seq")) ?? [])
            field.WriteTo(json);
        json.WriteEndObject();
        Write(json, "tool_calls"u8, _toolCalls);
        Write(json, "tools_used"u8, _toolsUsed);
        Write(json, "actions"u8, _actions);
        Write(json, "citations"u8, _citations);
        Write(json, "suggested_questions"u8, _suggestions);
        json.WriteEndObject();
    }

    private void AddToolCall(JsonElement call)
    {
        _toolCalls.Add(call);
        string name = call.GetProperty("name").GetString()!;
        if (!_toolsUsed.Contains(name))
            _toolsUsed.Add(name);
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, List<JsonElement> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("seq", out _))
                WriteWithoutNumber(json, value);
            else
                value.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, List<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void WriteWithoutNumber(Utf8JsonWriter json, JsonElement value)
    {
        json.WriteStartObject();
        foreach (var field in value.EnumerateObject().Where(static field => field.Name is not ("type" or "seq")))
            field.WriteTo(json);
        json.WriteEndObject();
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
