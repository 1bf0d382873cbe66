using System.Buffers;

namespace Passwindow.Protocol.Dialects;

/// <summary>
/// Spells committed events as one dialect's bytes. What it writes depends on the turn alone, never on the viewer or on when the
/// viewer came: cut anywhere and joined again, two responses are the bytes of one.
/// </summary>
public interface IFrameWriter
{
    /// <summary>Writes the frames of one event; nothing, if the dialect has no words for it.</summary>
    void Write(in CommittedEvent committed, IBufferWriter<byte> output);

    /// <summary>Writes something that clients skip, so that proxies and dead connections are noticed in silence.</summary>
    void WriteHeartbeat(IBufferWriter<byte> output);

    /// <summary>Writes what this viewer must know though it is no event of the turn: it has no number and cannot be resumed from.</summary>
    void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output);
}
