using System.Buffers;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.Keyed;

/// <summary>
/// The keyed dialect: data-only JSON objects told apart by their key, then <c>data: [DONE]</c>. No <c>event:</c> and no <c>id:</c>;
/// events without a key of their own here are left out.
/// </summary>
public sealed class KeyedFrameWriter : IFrameWriter
{
    /// <summary>It keeps no state, so one serves every response.</summary>
    public static KeyedFrameWriter Shared { get; } = new();

    private static ReadOnlySpan<byte> Done => "data: [DONE]\n\n"u8;

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        var json = committed.Json.Span;
        switch (committed.Type)
        {
            case EventType.Start:
                WriteField(output, "data: {\"conversation_id\":"u8, json, "conversation_id"u8, "}\n\n"u8);
                break;
            case EventType.Token:
                WriteField(output, "data: {\"token\":"u8, json, "token"u8, "}\n\n"u8);
                break;
            case EventType.ToolCall:
                WriteField(output, "data: {\"tools_used\":["u8, json, "name"u8, "]}\n\n"u8);
                break;
            case EventType.Action:
                WriteField(output, "data: {\"action\":"u8, json, "action"u8, "}\n\n"u8);
                break;
            case EventType.SuggestedQuestions:
                WriteField(output, "data: {\"suggested_questions\":"u8, json, "suggested_questions"u8, "}\n\n"u8);
                break;
            case EventType.Error:
                WriteError(output, json);
                break;
            case EventType.Done:
                output.Write(Done);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output)
    {
        WriteError(output, NoticeJson.Error(notice));
        if (notice.EndsTurn)
            output.Write(Done);
    }

    // The value keeps the journal's own spelling: it is copied, not parsed and written again.
    private static void WriteField(IBufferWriter<byte> output, ReadOnlySpan<byte> before, ReadOnlySpan<byte> json, ReadOnlySpan<byte> field, ReadOnlySpan<byte> after)
    {
        var value = EventJson.GetRequired(json, field);
        SseFrame.ThrowIfLineBreak(value);
        output.Write(before);
        output.Write(value);
        output.Write(after);
    }

    private static void WriteError(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        SseFrame.ThrowIfLineBreak(json);
        var code = EventJson.GetRequired(json, "code"u8);
        var message = EventJson.GetRequired(json, "message"u8);
        var retryable = EventJson.GetRequired(json, "retryable"u8);
        output.Write("data: {\"error\":{\"code\":"u8);
        output.Write(code);
        output.Write(",\"message\":"u8);
        output.Write(message);
        output.Write(",\"retryable\":"u8);
        output.Write(retryable);
        output.Write("}}\n\n"u8);
    }
}
