using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream.Reading;

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

    private TextShape _shape = new();

    /// <summary>Whether the event that was read last held, beside what never changes anything, a piece of text and nothing else.</summary>
    private protected virtual bool WasOnlyText => false;

    /// <summary>What holds the memory of the chat events of one call.</summary>
    private protected TextBuffer Buffer { get; } = new();

    /// <summary>
    /// Gives the text of an event that is spelled as the last one, but for its text: it holds a piece of text and nothing else, so what it says needs no object.
    /// For any other, false: that is for <see cref="Read"/>.
    /// </summary>
    internal bool TryReadText(scoped in SseEvent sse, out ReadOnlySpan<byte> text)
    {
        text = default;
        return !IsComplete && !IsError(sse) && _shape.TryRead(Data(sse), out text);
    }

    /// <summary>Reads one server-sent event and adds what it says to <paramref name="said"/>; unknown events and fields are skipped.</summary>
    /// <exception cref="UpstreamException">
    /// The provider reported an error (<see cref="ErrorCode.UpstreamUnavailable"/>, <see cref="ErrorCode.UpstreamRateLimited"/>,
    /// <see cref="ErrorCode.UpstreamRefused"/>), or the event is not what the API says (<see cref="ErrorCode.UpstreamMalformed"/>).
    /// </exception>
    public void Read(in SseEvent sse, ICollection<ChatEvent> said)
    {
        if (IsComplete)
            return;
        Buffer.Reset();
        if (TryReadText(sse, out var text))
        {
            Buffer.Write(text);
            said.Add(new TextDelta(Buffer.Take()));
            return;
        }

        var data = Data(sse);
        if (data.IsEmpty)
            return;
        _shape.Forget();
        int before = said.Count;
        try
        {
            ReadEvent(data, IsError(sse), said);
        }
        catch (Exception fault) when (fault is not UpstreamException)
        {
            throw UpstreamFault.Malformed(fault);
        }

        if (WasOnlyText && said.Count == before + 1 && said.Last() is TextDelta { IsRefusal: false } only)
            _shape.Learn(data, only.Text.Span);
    }

    /// <summary>
    /// The connection has closed. Adds what was still held back; some servers leave their end marker out, and where the API's rules
    /// allow to see that the answer is whole it is complete all the same.
    /// </summary>
    /// <exception cref="UpstreamException"><see cref="ErrorCode.UpstreamTruncated"/>: the answer broke off.</exception>
    public void End(ICollection<ChatEvent> said)
    {
        if (IsComplete)
            return;
        Buffer.Reset();
        ReadEnd(said);
    }

    /// <summary>Reads a complete answer that came as one JSON document, because the server does not stream.</summary>
    /// <exception cref="UpstreamException">As for <see cref="Read"/>.</exception>
    public void ReadDocument(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        Buffer.Reset();
        try
        {
            ReadWhole(Utf8.IsValid(json) ? json : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json)), said);
        }
        catch (Exception fault) when (fault is not UpstreamException)
        {
            throw UpstreamFault.Malformed(fault);
        }
    }

    private static ReadOnlySpan<byte> Data(scoped in SseEvent sse) => sse.Data.Trim(" \t\r\n"u8);

    private static bool IsError(scoped in SseEvent sse) => sse.Type.SequenceEqual("error"u8);

    /// <summary>Reads an event's data, which is not blank. Whatever else than an <see cref="UpstreamException"/> it throws means that the data is malformed.</summary>
    private protected abstract void ReadEvent(ReadOnlySpan<byte> data, bool isError, ICollection<ChatEvent> said);

    /// <summary>Completes the answer, or throws that it broke off.</summary>
    private protected abstract void ReadEnd(ICollection<ChatEvent> said);

    /// <summary>Reads a whole answer, valid UTF-8.</summary>
    private protected abstract void ReadWhole(ReadOnlySpan<byte> json, ICollection<ChatEvent> said);
}
