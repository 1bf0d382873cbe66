using System.Buffers;
using System.Text;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.Text;

/// <summary>
/// The text dialect: <c>event: token</c> with the raw text, refusals too; <c>event: error</c> with its message; <c>event: done</c>
/// with <c>[DONE]</c>. Other events are left out. A CR or CRLF within the text arrives as LF: an event stream cannot carry it.
/// </summary>
/// <remarks>
/// These clients are a browser's <c>EventSource</c> on <c>GET /chat/stream</c>, which comes back by itself whenever the response
/// ends, and has nothing but <c>Last-Event-ID</c> to say where it was. So the frames carry ids: without them it would start a second turn.
/// </remarks>
public sealed class TextFrameWriter : IFrameWriter
{
    /// <summary>It keeps no state, so one serves every response.</summary>
    public static TextFrameWriter Shared { get; } = new();

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        switch (committed.Type)
        {
            case EventType.Start:
                // "If the data buffer is an empty string, set the data buffer and the event type buffer to the empty string and return",
                // but only after the last event ID was set: no event is seen, and a cut before the first token resumes this turn.
                WriteId(committed, output);
                break;
            case EventType.Token:
                WriteText(committed, "token"u8, "token"u8, output);
                break;
            case EventType.Error:
                WriteText(committed, "error"u8, "message"u8, output);
                break;
            case EventType.Done:
                WriteDone(output);
                WriteId(committed, output);
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
        SseFrame.WriteEvent(output, "error"u8);
        SseFrame.WriteDataText(output, Encoding.UTF8.GetBytes(notice.Message));
        SseFrame.WriteEnd(output);
        if (!notice.EndsTurn)
            return;
        WriteDone(output);
        SseFrame.WriteEnd(output);
    }

    private static void WriteText(in CommittedEvent committed, ReadOnlySpan<byte> type, ReadOnlySpan<byte> field, IBufferWriter<byte> output)
    {
        // Unescaped text is never longer than its JSON.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(committed.Json.Length);
        try
        {
            var text = EventJson.CopyString(committed.Json.Span, field, buffer);

            // A client that appends would append nothing, and one that asks "is there text?" would be wrong.
            if (text.IsEmpty && committed.Type == EventType.Token)
                return;
            SseFrame.WriteEvent(output, type);
            SseFrame.WriteDataText(output, text);
            WriteId(committed, output);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void WriteDone(IBufferWriter<byte> output)
    {
        SseFrame.WriteEvent(output, "done"u8);
        SseFrame.WriteDataLine(output, "[DONE]"u8);
    }

    private static void WriteId(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        SseFrame.WriteId(output, committed.Turn, committed.Seq);
        SseFrame.WriteEnd(output);
    }
}
