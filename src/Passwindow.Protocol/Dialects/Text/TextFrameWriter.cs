using System.Buffers;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Dialects.Text;

/// <summary>TODO</summary>
public sealed class TextFrameWriter : IFrameWriter
{
    /// <summary>It keeps no state, so one serves every response.</summary>
    public static TextFrameWriter Shared { get; } = new();

    /// <inheritdoc/>
    public void Write(in CommittedEvent committed, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write(SseFrame.Ping);

    /// <inheritdoc/>
    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => throw new NotImplementedException();
}
