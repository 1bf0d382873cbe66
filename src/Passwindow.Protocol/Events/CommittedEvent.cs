namespace Passwindow.Protocol;

/// <summary>
/// One event that the journal says is durable. Every dialect's writer takes nothing else, so showing something unwritten does not
/// compile: only a journal, or a reader of its output, can make one (<see cref="CommittedEventSource"/>).
/// </summary>
public readonly struct CommittedEvent
{
    internal CommittedEvent(TurnId turn, long seq, EventType type, ReadOnlyMemory<byte> json)
    {
        Turn = turn;
        Seq = seq;
        Type = type;
        Json = json;
    }

    /// <summary>The turn it belongs to.</summary>
    public TurnId Turn { get; }

    /// <summary>Its number within the turn: 1, 2, 3 … without holes.</summary>
    public long Seq { get; }

    /// <summary>What it tells.</summary>
    public EventType Type { get; }

    /// <summary>The event as the journal keeps it and the native dialect sends it: one JSON object, without a line break.</summary>
    public ReadOnlyMemory<byte> Json { get; }
}

/// <summary>The base of whatever reads committed events: a journal, or a client that reads what a server sent.</summary>
public abstract class CommittedEventSource
{
    /// <summary>States that an event is durable. To call this for one that is not breaks promise 1.</summary>
    protected static CommittedEvent AsCommitted(TurnId turn, long seq, EventType type, ReadOnlyMemory<byte> json) => new(turn, seq, type, json);
}
