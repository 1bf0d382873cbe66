using Passwindow.Protocol;

namespace Passwindow.Testing;

/// <summary>States that events are committed, as a journal would: for tests of what comes after the journal.</summary>
public sealed class Commit : CommittedEventSource
{
    private Commit()
    {
    }

    /// <summary>The event whose JSON is given, for example by an <see cref="EventWriter"/>; its memory is copied.</summary>
    public static CommittedEvent Of(TurnId turn, ReadOnlySpan<byte> json)
    {
        EventJson.TryGetRaw(json, "type"u8, out var type);
        return AsCommitted(turn, EventJson.GetInt64(json, "seq"u8) ?? 0, EventTypes.Parse(type.Trim((byte)'"')), json.ToArray());
    }

    /// <summary>An event by its parts; its memory is kept.</summary>
    public static CommittedEvent As(TurnId turn, long seq, EventType type, ReadOnlyMemory<byte> json) => AsCommitted(turn, seq, type, json);
}
