using System.Buffers;

namespace Passwindow.Protocol.Dialects;

/// <summary>
/// Spells committed events as one dialect's bytes. What it writes depends on the turn alone, never on the viewer or on when the
/// viewer came: cut anywhere and joined again, two responses are the bytes of one.
/// </summary>
/// <remarks>
/// Where <see cref="Dialect.KeepsState"/> says so, a writer is given every event of the turn, in order and from the first: what it writes of
/// one may depend on those before it. A viewer that begins in the middle has it write those before to nowhere.
/// </remarks>
public interface IFrameWriter
{
    /// <summary>Writes the frames of one event; nothing, if the dialect has no words for it.</summary>
    void Write(in CommittedEvent committed, IBufferWriter<byte> output);

    /// <summary>
    /// Writes what brings a client to the point at which a viewer begins, in a dialect that joins <see cref="Joining.WithOpening"/>. The events
    /// before that point have been written to nowhere.
    /// </summary>
    void WriteOpening(IBufferWriter<byte> output)
    {
    }

    /// <summary>
    /// Writes the end of a response whose turn waits for a person, in a dialect that <see cref="Dialect.EndsWhenPeopleAreAsked"/>. The turn goes on in
    /// another response; it is called at most once, and nothing after it.
    /// </summary>
    void WritePause(IBufferWriter<byte> output)
    {
    }

    /// <summary>Writes something that clients skip, so that proxies and dead connections are noticed in silence. It depends on no event.</summary>
    void WriteHeartbeat(IBufferWriter<byte> output);

    /// <summary>Writes what this viewer must know though it is no event of the turn: it has no number and cannot be resumed from.</summary>
    void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output);
}
