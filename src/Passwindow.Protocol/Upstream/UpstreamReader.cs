using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Protocol.Upstream;

/// <summary>
/// Reads one answer of one provider's API: server-sent events in, chat events out. Pure: it knows no socket and no clock.
/// One instance reads one answer.
/// </summary>
public abstract class UpstreamReader
{
    /// <summary>
    /// Whether the API's own end marker has come. Only the end marker ends an answer: a connection that closes says nothing.
    /// What comes after it is not read.
    /// </summary>
    public bool IsComplete { get; protected set; }

    /// <summary>Reads one server-sent event and adds what it says to <paramref name="said"/>; unknown events and fields are skipped.</summary>
    /// <exception cref="UpstreamException">
    /// The provider reported an error (<see cref="ErrorCode.UpstreamUnavailable"/>, <see cref="ErrorCode.UpstreamRateLimited"/>,
    /// <see cref="ErrorCode.UpstreamRefused"/>), or the event is not what the API says (<see cref="ErrorCode.UpstreamMalformed"/>).
    /// </exception>
    public abstract void Read(in SseEvent sse, ICollection<ChatEvent> said);

    /// <summary>
    /// The connection has closed. Adds what was still held back; some servers leave their end marker out, and where the API's rules
    /// allow to see that the answer is whole it is complete all the same.
    /// </summary>
    /// <exception cref="UpstreamException"><see cref="ErrorCode.UpstreamTruncated"/>: the answer broke off.</exception>
    public abstract void End(ICollection<ChatEvent> said);

    /// <summary>Reads a complete answer that came as one JSON document, because the server does not stream.</summary>
    /// <exception cref="UpstreamException">As for <see cref="Read"/>.</exception>
    public abstract void ReadDocument(ReadOnlySpan<byte> json, ICollection<ChatEvent> said);
}
