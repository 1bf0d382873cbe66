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
        var json = committed.Json.Span;
        SseFrame.ThrowIfLineBreak(json);
        var frame = new FrameSpan(output);
        frame.Add("event: "u8);
        frame.Add(EventTypes.Name(committed.Type));
        frame.Add("\ndata: "u8);
        frame.Add(json);

        // The browser's own default is a few seconds: with a journal behind it, coming back sooner costs nothing.
        frame.Add(committed.Type == EventType.Start ? "\nretry: 1000\nid: "u8 : "\nid: "u8);

        // Last: a client that keeps an id as soon as its line arrives would otherwise resume behind an event that was cut.
        frame.AddId(committed.Turn, committed.Seq);
        frame.Add("\n\n"u8);
        frame.End();
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
