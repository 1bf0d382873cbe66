using System.Buffers;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.Data;

/// <summary>
/// The data dialect: each frame is one lone <c>data:</c> line that holds the native object, told apart by its <c>type</c>; its
/// <c>seq</c> serves <c>?after=</c>. A <c>{"type":"session","id":…}</c> that names the conversation stands before <c>start</c>.
/// </summary>
public sealed class DataFrameWriter : IFrameWriter
{
    /// <summary>It keeps no state, so one serves every response.</summary>
    public static DataFrameWriter Shared { get; } = new();

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        var json = committed.Json.Span;
        if (committed.Type == EventType.Start)
        {
            SseFrame.ThrowIfLineBreak(json);
            var conversation = EventJson.GetRequired(json, "conversation_id"u8);
            output.Write("data: {\"type\":\"session\",\"id\":"u8);
            output.Write(conversation);
            output.Write("}\n\n"u8);
        }

        WriteBlock(output, json);
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output)
    {
        WriteBlock(output, NoticeJson.Error(notice));
        if (notice.EndsTurn)
            WriteBlock(output, NoticeJson.Done);
    }

    private static void WriteBlock(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        SseFrame.WriteDataLine(output, json);
        SseFrame.WriteEnd(output);
    }
}
