using Passwindow.Protocol;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>Makes chat events of the bytes of one answer, step by step: what was said before a fault is said first, then the fault.</summary>
internal sealed class UpstreamAnswer(UpstreamReader reader)
{
    private readonly SseReader _sse = new(dispatchUnterminated: true);
    private ReadOnlyMemory<byte>? _document;
    private ReadOnlyMemory<byte> _fed;
    private UpstreamException? _fault;
    private bool _closed;
    private bool _hasSaid;

    /// <summary>What the last step said, but for a piece of text alone. Its memory is valid until the next one.</summary>
    public List<ChatEvent> Said { get; } = [];

    /// <summary>Whether the provider has come to its end; what it still sends is not read.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it came as a whole.</summary>
    public bool IsDocument => _document is not null;

    /// <summary>
    /// Takes bytes of an event stream, none of which is looked at before <see cref="Step"/>; no bytes mean that the connection has closed. They must stay as they
    /// are until <see cref="Step"/> says that it needs more, or <see cref="Keep"/> is called.
    /// </summary>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _fed = bytes;
            return;
        }

        _sse.End();
        _closed = true;
    }

    /// <summary>What was fed may change from now on: keeps what of it was not looked at yet.</summary>
    public void Keep()
    {
        if (!_fed.IsEmpty)
            _sse.Feed(_fed.Span);
        _fed = default;
    }

    /// <summary>Takes the whole answer as one JSON document.</summary>
    public void FeedDocument(ReadOnlyMemory<byte> json) => _document = json;

    /// <summary>Reads one server-sent event into <see cref="Said"/>; false once more bytes are needed, or none.</summary>
    /// <param name="text">All that the event says, where that is a piece of text, as nearly always: it needs no object, and none is in <see cref="Said"/>. Else empty. Valid until the next step.</param>
    /// <exception cref="UpstreamException">The provider reported an error, what it sent cannot be read, or the answer broke off.</exception>
    public bool Step(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (IsAllRead)
            return false;
        if (_hasSaid)
            Said.Clear(); // text alone passes the list by
        _hasSaid = false;
        if (_fault is not null)
            throw _fault;

        try
        {
            return Read(out text);
        }
        catch (Exception thrown) when (_closed && (thrown as UpstreamException)?.Code is null or ErrorCode.UpstreamMalformed)
        {
            // The connection closed within its last event: that one broke off, and the rest decides whether the answer is whole.
            return End();
        }
        catch (Exception thrown)
        {
            // A limit that was exceeded (SseLimitException), or a reader that met what it did not expect.
            _fault = thrown as UpstreamException ?? UpstreamFault.Malformed(thrown);
            return Said.Count > 0 ? true : throw _fault;
        }
    }

    private bool IsAllRead => _fed.IsEmpty && !_sse.HasInput && !_closed && _document is null && _fault is null;

    private bool Read(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (IsOver)
            return false;

        if (_document is { } json)
        {
            IsOver = _hasSaid = true;
            reader.ReadDocument(json.Span, Said);
            return true;
        }

        if (TryRead(out var sse))
        {
            if (reader.TryReadText(sse, out text))
                return true;
            _hasSaid = true;
            reader.Read(sse, Said);
            IsOver = reader.IsComplete;
            return true;
        }

        return _closed && End();
    }

    /// <summary>Gives the next event: where it stands if it is whole, as nearly all are, else gathered.</summary>
    private bool TryRead(out SseEvent sse)
    {
        var fed = _fed.Span;
        if (_sse.TryReadInPlace(ref fed, out sse))
        {
            _fed = _fed[^fed.Length..];
            return true;
        }

        Keep();
        return _sse.TryRead(out sse);
    }

    private bool End()
    {
        IsOver = _hasSaid = true;
        try
        {
            reader.End(Said);
        }
        catch (UpstreamException broken)
        {
            _fault = broken;
            if (Said.Count == 0)
                throw;
        }

        return true;
    }
}
