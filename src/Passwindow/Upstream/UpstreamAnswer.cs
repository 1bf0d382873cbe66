using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>Makes chat events of the bytes of one answer, step by step: what was said before a fault is said first, then the fault.</summary>
internal sealed class UpstreamAnswer(UpstreamReader reader)
{
    private readonly SseReader _sse = new();
    private UpstreamException? _fault;
    private UpstreamException? _faultAfterRest;
    private bool _ended;

    /// <summary>What the last step said. Its memory is valid until the next one.</summary>
    public List<ChatEvent> Said { get; } = [];

    /// <summary>Whether the provider has come to its end; what it still sends is not read.</summary>
    public bool IsComplete => reader.IsComplete;

    /// <summary>Takes bytes; none of them is looked at before <see cref="Step"/>.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _sse.Feed(bytes);
        }
        catch (Exception thrown) when (thrown is not UpstreamException)
        {
            // What stood complete before the limit was met is still to be read.
            _faultAfterRest = UpstreamFault.Malformed(thrown);
        }
    }

    /// <summary>Reads one server-sent event into <see cref="Said"/>; false once more bytes are needed, or none.</summary>
    /// <exception cref="UpstreamException">The provider reported an error, or what it sent cannot be read.</exception>
    public bool Step()
    {
        Said.Clear();
        if (_fault is not null)
            throw _fault;
        if (reader.IsComplete)
            return false;

        try
        {
            if (_sse.TryRead(out var sse))
            {
                reader.Read(sse, Said);
                return true;
            }
        }
        catch (Exception thrown)
        {
            _fault = thrown as UpstreamException ?? UpstreamFault.Malformed(thrown);
            return Said.Count > 0 ? true : throw _fault;
        }

        _fault = _faultAfterRest;
        return _fault is null ? false : throw _fault;
    }

    /// <summary>The connection has closed: adds to <see cref="Said"/> what was still held back; false if that has been done.</summary>
    /// <exception cref="UpstreamException">The answer broke off.</exception>
    public bool End() => Last(() => reader.End(Said));

    /// <summary>The answer came as one JSON document.</summary>
    /// <exception cref="UpstreamException">As for <see cref="Step"/>.</exception>
    public bool Document(ReadOnlyMemory<byte> json) => Last(() => reader.ReadDocument(json.Span, Said));

    private bool Last(Action read)
    {
        Said.Clear();
        if (_fault is not null)
            throw _fault;
        if (_ended)
            return false;

        _ended = true;
        try
        {
            read();
        }
        catch (Exception thrown)
        {
            _fault = thrown as UpstreamException ?? UpstreamFault.Malformed(thrown);
            if (Said.Count == 0)
                throw _fault;
        }

        return true;
    }
}
