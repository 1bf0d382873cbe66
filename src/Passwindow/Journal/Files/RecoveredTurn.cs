using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>What the write-ahead files hold of one turn.</summary>
internal sealed class RecoveredTurn(TurnId id, ConversationKey place)
{
    public TurnId Id => id;

    public ConversationKey Place => place;

    /// <summary>Null when the turn began in a write-ahead file that is gone: then its opening is in its conversation's file.</summary>
    public TurnOpening? Opening { get; init; }

    /// <summary>For a turn whose opening is lost with its conversation's file.</summary>
    public TurnOpening UnknownOpening => new(id, place.Tenant, place.Conversation, User: null, Model: "", Message: "", DateTimeOffset.UnixEpoch);

    /// <summary>The number of the first event here.</summary>
    public long First { get; private set; } = 1;

    public List<ReadOnlyMemory<byte>> Events { get; } = [];

    public bool HasEnded { get; private set; }

    public bool TryAdd(JournalRecord record, ReadOnlyMemory<byte> json)
    {
        if (HasEnded)
            return false;
        if (Events.Count == 0)
            First = Opening is null ? record.Seq : 1;
        if (record.Seq != First + Events.Count)
            return false;
        Events.Add(json);
        HasEnded = record.Type == EventType.Done;
        return true;
    }

    /// <summary>
    /// Whether an event (0: the opening) could be written again from here; then a conversation's file may have it without being synced.
    /// Of a turn that only goes on here, that is true of whatever its end may be.
    /// </summary>
    public bool Holds(long seq) => seq == 0 ? Opening is not null : seq >= First;
}
