using System.Text.Json;
using Passwindow.Protocol;
using Passwindow.Protocol.ServerSentEvents;

namespace Passwindow.Client;

/// <summary>Reads the events of one turn off any number of connections, each event once.</summary>
internal sealed class TurnEvents : CommittedEventSource
{
    private SseReader _sse = new(dispatchUnterminated: false);

    /// <summary>The last event that was read; null before the first.</summary>
    public EventCursor? Last { get; private set; }

    /// <summary>What this response alone was told: an <c>error</c> without a number; null for nothing.</summary>
    public (string Code, string Message, bool IsRetryable)? Notice { get; private set; }

    /// <summary>Whether the turn's <c>done</c> was read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Begins behind that event.</summary>
    public static TurnEvents After(EventCursor? cursor) => new() { Last = cursor };

    /// <summary>Another connection begins: what was left of an event is gone with the one before.</summary>
    public void BeginConnection()
    {
        _sse = new SseReader(dispatchUnterminated: false);
        Notice = null;
    }

    public void Feed(ReadOnlySpan<byte> bytes) => _sse.Feed(bytes);

    /// <summary>The next event that is complete.</summary>
    /// <exception cref="PasswindowException">What came is not what a Passwindow server sends.</exception>
    public bool TryRead(out CommittedEvent read)
    {
        try
        {
            while (_sse.TryRead(out var sse))
            {
                if (TryTake(sse, out read))
                    return true;
            }
        }
        catch (Exception e) when (e is SseLimitException or JsonException)
        {
            throw new PasswindowException("malformed", "The server sent what is no event of a turn.", e);
        }

        read = default;
        return false;
    }

    private bool TryTake(in SseEvent sse, out CommittedEvent read)
    {
        read = default;
        var json = sse.Data;
        if (EventJson.GetInt64(json, "seq"u8) is not { } seq)
        {
            // "error" and "done" without a number are no events of the turn: they concern this response.
            if (sse.Type.SequenceEqual("error"u8))
                Notice = (EventJson.GetString(json, "code"u8) ?? "internal", EventJson.GetString(json, "message"u8) ?? "", EventJson.TryGetRaw(json, "retryable"u8, out var retryable) && retryable.SequenceEqual("true"u8));
            return false;
        }

        var type = TypeOf(json);
        var turn = Last?.Turn ?? (type == EventType.Start && TurnId.TryParse(EventJson.GetString(json, "turn_id"u8), out var id) ? id : throw new JsonException("A turn begins with its start."));
        long expected = (Last?.Seq ?? 0) + 1;
        if (seq < expected)
            return false; // seen before the connection broke
        if (seq > expected)
            throw new PasswindowException("gap", $"The events {expected} to {seq - 1} are missing.");
        Last = new EventCursor(turn, seq);
        HasEnded = type == EventType.Done;
        read = AsCommitted(turn, seq, type, json.ToArray());
        return true;
    }

    private static EventType TypeOf(ReadOnlySpan<byte> json)
    {
        // A type is a plain word: it has nothing to unescape, only its quotes to lose.
        return EventJson.TryGetRaw(json, "type"u8, out var quoted) ? EventTypes.Parse(quoted.Trim((byte)'"')) : EventType.Unknown;
    }
}
