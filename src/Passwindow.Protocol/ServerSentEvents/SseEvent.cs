namespace Passwindow.Protocol.ServerSentEvents;

/// <summary>One dispatched event of an event stream. Its memory belongs to the reader and is valid until the reader is asked for the next one or fed again.</summary>
public readonly ref struct SseEvent
{
    /// <summary>Makes an event.</summary>
    public SseEvent(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Type = type;
        Data = data;
    }

    /// <summary>The event's type; empty where the stream names none (the standard calls it <c>message</c>).</summary>
    public ReadOnlySpan<byte> Type { get; }

    /// <summary>The data: its lines joined by LF, UTF-8.</summary>
    public ReadOnlySpan<byte> Data { get; }
}
