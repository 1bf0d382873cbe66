using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>
/// AG-UI 1.0: a turn is a run. What a client may be sent next depends on what is open, and it refuses the whole run for one frame out of order: so the
/// writer knows what is open. It is one message at most, text or reasoning, and any number of calls.
/// </summary>
/// <param name="context">What is known of the turn.</param>
/// <param name="options">How this response is to be spelled.</param>
public sealed class AgUiFrameWriter(FrameContext context, AgUiOptions options) : IFrameWriter
{
    private const string NotAnswered = "The call was never answered.";

    private readonly AgUiOrigin _origin = AgUiOrigin.Of(context.Metadata);
    private readonly AgUiMessages _said = new();
    private string _conversation = "";
    private string _turn = "";
    private string _model = "";
    private AgUiUsage _usage;
    private byte[]? _error;
    private bool _isOver;

    private string Thread => options.Thread ?? _origin.Thread ?? _conversation;

    private string Run => options.Run ?? _origin.Run ?? _turn;

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        if (_isOver)
            return;
        var json = committed.Json.Span;
        SseFrame.ThrowIfLineBreak(json);
        switch (committed.Type)
        {
            case EventType.Start:
                Begin(json);
                WriteStarted(output, withInput: true);
                break;
            case EventType.Token:
                _said.Text(committed.Seq, EventJson.GetRequired(json, "token"u8), output);
                break;
            case EventType.Reasoning:
                _said.Reasoning(committed.Seq, EventJson.GetRequired(json, "reasoning"u8), output);
                break;
            case EventType.ToolArguments:
                _said.Arguments(committed.Seq, json, output);
                break;
            case EventType.ToolCall:
                _said.Call(committed.Seq, json, output);
                break;
            case EventType.ToolResult:
                WriteResult(committed.Seq, json, output);
                break;
            case EventType.Action or EventType.Citation or EventType.Seam or EventType.SuggestedQuestions:
                WriteCustom(committed, json, output);
                break;
            case EventType.Usage:
                _usage = new AgUiUsage(committed.Json.ToArray());
                break;
            case EventType.Error:
                _error ??= committed.Json.ToArray(); // told with the end: nothing may follow it
                break;
            case EventType.Done:
                WriteEnd(json, output);
                break;
        }
    }

    /// <inheritdoc/>
    public void WriteOpening(IBufferWriter<byte> output)
    {
        if (_isOver)
            return;
        WriteStarted(output, withInput: false);
        AgUiFrames.Write(output, "MESSAGES_SNAPSHOT", json =>
        {
            json.WriteStartArray("messages"u8);
            foreach (var earlier in context.Earlier)
                Retell(earlier).WriteConversation(json);
            WriteConversation(json);
            json.WriteEndArray();
        });
        _said.WriteOpen(output);
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output)
    {
        if (_isOver)
            return;
        _isOver = true;
        _said.CloseMessage(output);
        WriteError(output, notice.Message, Words.Of(notice.Code));
    }

    /// <inheritdoc/>
    public void WritePause(IBufferWriter<byte> output)
    {
        var waiting = _said.Calls.Where(static call => call is { NeedsApproval: true, IsAnswered: false }).ToList();
        if (_isOver || waiting.Count == 0)
            return;
        _isOver = true;
        _said.CloseAll(output);
        WriteFinished(output, outcome: json =>
        {
            json.WriteString("type"u8, "interrupt"u8);
            json.WriteStartArray("interrupts"u8);
            foreach (var call in waiting)
                WriteInterrupt(json, call);
            json.WriteEndArray();
        });
    }

    private static void WriteInterrupt(Utf8JsonWriter json, AgUiCall call)
    {
        json.WriteStartObject();
        json.WritePropertyName("id"u8);
        json.WriteRawValue(call.Id, skipInputValidation: true);
        json.WriteString("reason"u8, "tool_call"u8);
        json.WriteString("message"u8, $"May the tool {Text(call.Name)} run?");
        json.WritePropertyName("toolCallId"u8);
        json.WriteRawValue(call.Id, skipInputValidation: true);
        json.WritePropertyName("responseSchema"u8);
        json.WriteRawValue("""{"type":"object","properties":{"approved":{"type":"boolean"},"reason":{"type":"string"}},"required":["approved"]}"""u8);
        json.WriteEndObject();
    }

    private void Begin(ReadOnlySpan<byte> json)
    {
        _conversation = EventJson.GetString(json, "conversation_id"u8) ?? "";
        _turn = EventJson.GetString(json, "turn_id"u8) ?? "";
        _model = EventJson.GetString(json, "model"u8) ?? "";
        _said.Turn = _turn;
    }

    // The question travels with it: a client that did not ask it takes it from there, one that has a message of that id leaves it as it is.
    private void WriteStarted(IBufferWriter<byte> output, bool withInput) => AgUiFrames.Write(output, "RUN_STARTED", json =>
    {
        json.WriteString("threadId"u8, Thread);
        json.WriteString("runId"u8, Run);
        json.WriteString("protocolVersion"u8, "1.0"u8);
        if (withInput && context.Given.Count > 0)
        {
            json.WriteStartObject("input"u8);
            json.WriteString("threadId"u8, Thread);
            json.WriteString("runId"u8, Run);
            json.WriteStartArray("messages"u8);
            AgUiGivenMessages.Write(json, _turn, context, onlyNew: true);
            json.WriteEndArray();
            json.WriteStartArray("tools"u8);
            json.WriteEndArray();
            json.WriteStartArray("context"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteStartObject("metadata"u8);
        json.WriteString("conversation_id"u8, _conversation);
        json.WriteString("turn_id"u8, _turn);
        json.WriteEndObject();
    });

    private void WriteConversation(Utf8JsonWriter json)
    {
        AgUiGivenMessages.Write(json, _turn, context, onlyNew: false);
        _said.WriteTo(json);
    }

    private static AgUiFrameWriter Retell(EarlierTurn earlier)
    {
        var writer = new AgUiFrameWriter(earlier.Context, AgUiOptions.Default);
        var nowhere = new ArrayBufferWriter<byte>();
        foreach (var committed in earlier.Events)
        {
            writer.Write(committed, nowhere);
            nowhere.ResetWrittenCount();
        }

        return writer;
    }

    private void WriteResult(long seq, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        // What the client's tools gave began the turn: it has been told with that.
        string? id = EventJson.GetString(json, "id"u8);
        if (!context.Given.SelectMany(static message => message.Parts).OfType<ToolResultPart>().Any(given => given.Id == id))
            _said.Result(seq, json, output);
    }

    private void WriteCustom(in CommittedEvent committed, ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        switch (committed.Type)
        {
            case EventType.Action:
                _said.Act(committed.Seq, EventJson.GetRequired(json, "id"u8), output);
                _said.Custom("action"u8, [.. "{\"id\":"u8, .. EventJson.GetRequired(json, "id"u8), .. ",\"action\":"u8, .. EventJson.GetRequired(json, "action"u8), .. "}"u8], output);
                break;
            case EventType.Citation:
                _said.Custom("citation"u8, EventJson.GetRequired(json, "citation"u8), output);
                break;
            case EventType.SuggestedQuestions:
                _said.Custom("suggested_questions"u8, EventJson.GetRequired(json, "suggested_questions"u8), output);
                break;
            default:
                _said.Custom("seam"u8, [.. "{\"reason\":"u8, .. EventJson.GetRequired(json, "reason"u8), .. ",\"model\":"u8, .. EventJson.GetRequired(json, "model"u8), .. "}"u8], output);
                break;
        }
    }

    private void WriteEnd(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        _isOver = true;
        string word = EventJson.GetString(json, "finish_reason"u8) ?? "";
        bool isKnown = Words.TryParse(word, out FinishReason reason);
        if (_error is not null || !isKnown || reason is FinishReason.Error or FinishReason.Interrupted)
        {
            // Calls stay open: an end would say that their arguments are whole.
            _said.CloseMessage(output);
            string message = _error is null ? "The answer broke off." : EventJson.GetString(_error, "message"u8) ?? "";
            WriteError(output, message, (_error is null ? null : EventJson.GetString(_error, "code"u8)) ?? word);
            return;
        }

        _said.CloseAll(output);
        bool isCancelled = reason is FinishReason.Stopped or FinishReason.Abandoned;
        var open = _said.Calls.Where(static call => !call.IsAnswered).ToList();
        var pending = reason == FinishReason.ToolCalls ? open.Where(call => context.IsClientTool(Text(call.Name))).ToList() : [];

        // A client takes every call without a result for its own to answer, so those that nobody will answer are answered.
        foreach (var call in isCancelled ? [] : open.Except(pending))
            _said.NotAnswered(call, NotAnswered, output);
        WriteFinished(output, isCancelled ? (options.SpeaksOne ? Cancelled : null) : json => WriteSuccess(json, pending), word);
    }

    private static void Cancelled(Utf8JsonWriter json) => json.WriteString("type"u8, "cancelled"u8);

    private void WriteSuccess(Utf8JsonWriter json, List<AgUiCall> pending)
    {
        json.WriteString("type"u8, "success"u8);
        if (pending.Count == 0 || !options.SpeaksOne)
            return;
        json.WriteStartArray("pendingToolCallIds"u8);
        foreach (var call in pending)
            json.WriteRawValue(call.Id, skipInputValidation: true);
        json.WriteEndArray();
    }

    private void WriteFinished(IBufferWriter<byte> output, Action<Utf8JsonWriter>? outcome, string? reason = null) => AgUiFrames.Write(output, "RUN_FINISHED", json =>
    {
        json.WriteString("threadId"u8, Thread);
        json.WriteString("runId"u8, Run);
        if (outcome is not null)
        {
            json.WriteStartObject("outcome"u8);
            outcome(json);
            json.WriteEndObject();
        }

        _usage.WriteTo(json, _model);
        if (reason is null)
            return;
        json.WriteStartObject("metadata"u8);
        json.WriteString("finish_reason"u8, reason);
        _usage.WriteTimes(json);
        json.WriteEndObject();
    });

    private void WriteError(IBufferWriter<byte> output, string message, string code) => AgUiFrames.Write(output, "RUN_ERROR", json =>
    {
        json.WriteString("message"u8, message);
        json.WriteString("code"u8, code);
        _usage.WriteTo(json, _model);
    });

    private static string Text(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.GetString() ?? "";
    }
}
