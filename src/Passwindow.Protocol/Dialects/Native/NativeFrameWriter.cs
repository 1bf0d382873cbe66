using System.Buffers;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.Native;

/// <summary>
/// The native dialect: <c>event: TYPE</c>, <c>data: {…}</c>, <c>id: TURN:SEQ</c>. The journal's bytes are copied as they are.
/// </summary>
public sealed class NativeFrameWriter : IFrameWriter
{
    /// <summary>It keeps no state, so one serves every response.</summary>
    public static NativeFrameWriter Shared { get; } = new();

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        SseFrame.ThrowIfLineBreak(committed.Json.Span);
        SseFrame.WriteEvent(output, EventTypes.Name(committed.Type));
        SseFrame.WriteDataLine(output, committed.Json.Span);

        // The browser's own default is a few seconds: with a journal behind it, coming back sooner costs nothing.
        if (committed.Type == EventType.Start)
            output.Write("retry: 1000\n"u8);

        // Last: a client that keeps an id as soon as its line arrives would otherwise resume behind an event that was cut.
        SseFrame.WriteId(output, committed.Turn, committed.Seq);
        SseFrame.WriteEnd(output);
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output)
    {
        SseFrame.WriteEvent(output, "error"u8);
        SseFrame.WriteDataLine(output, NoticeJson.Error(notice));
        SseFrame.WriteEnd(output);
        if (!notice.EndsTurn)
            return;
        SseFrame.WriteEvent(output, "done"u8);
        SseFrame.WriteDataLine(output, NoticeJson.Done);
        SseFrame.WriteEnd(output);
    }
}
