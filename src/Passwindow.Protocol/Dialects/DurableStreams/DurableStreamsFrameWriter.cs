using System.Buffers;
using System.Text;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.DurableStreams;

/// <summary>
/// The live form of the Durable Streams protocol in JSON mode: each event as an array of itself in <c>event: data</c>, and behind it, in
/// <c>event: control</c>, the offset from which to go on. The last one says that the stream is closed.
/// </summary>
/// <param name="cursor">What a client sends back when it comes again, so that caches between tell its requests apart; digits.</param>
/// <param name="isLast">Whether an event is, when it is written, the last there is; null where nobody can tell.</param>
public sealed class DurableStreamsFrameWriter(long cursor, Func<long, bool>? isLast = null) : IFrameWriter
{
    /// <summary>One for every viewer that comes over no cache.</summary>
    public static DurableStreamsFrameWriter Shared { get; } = new(cursor: 0);

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        SseFrame.ThrowIfLineBreak(committed.Json.Span);
        output.Write("event: data\ndata: ["u8);
        output.Write(committed.Json.Span);
        output.Write("]\n\n"u8);
        WriteControl(committed.Seq, isUpToDate: isLast?.Invoke(committed.Seq) == true, isClosed: committed.Type == EventType.Done, output);
    }

    /// <summary>Writes where the stream stands, behind the event <paramref name="seq"/>.</summary>
    public void WriteControl(long seq, bool isUpToDate, bool isClosed, IBufferWriter<byte> output)
    {
        output.Write("event: control\ndata: {\"streamNextOffset\":\""u8);
        Encoding.ASCII.GetBytes(StreamOffset.Of(seq), output);
        output.Write("\""u8);
        if (isClosed)
        {
            output.Write(",\"upToDate\":true,\"streamClosed\":true"u8);
        }
        else
        {
            output.Write(",\"streamCursor\":\""u8);
            cursor.TryFormat(output.GetSpan(20), out int written, provider: System.Globalization.CultureInfo.InvariantCulture);
            output.Advance(written);
            output.Write(isUpToDate ? "\",\"upToDate\":true"u8 : "\""u8);
        }

        output.Write("}\n\n"u8);
    }

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <summary>Nothing: the protocol has no word for it. The response ends, and whoever comes again is answered with a status.</summary>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output)
    {
    }
}
