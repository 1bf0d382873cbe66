using Passwindow.Protocol;

namespace Passwindow.Journal;

/// <summary>
/// Where events are kept. It knows no turn logic, no HTTP and no dialect: it numbers what it is given, makes it durable in the order
/// given, says how far it got (the committed line), and gives back what is below that line.
/// </summary>
internal interface IJournal : IAsyncDisposable
{
    /// <summary>Whether it takes appends, and if not, why.</summary>
    JournalHealth Health { get; }

    /// <summary>Makes the id for a turn of this conversation, such that the turn can be found again by it.</summary>
    TurnId CreateTurnId(ConversationKey conversation);

    /// <summary>Opens a turn. Its opening becomes durable together with its first event.</summary>
    /// <exception cref="JournalUnavailableException">The journal takes no appends.</exception>
    ITurnWriter Open(TurnOpening opening);

    /// <summary>Finds a turn, running or ended; null if this tenant has none of that id.</summary>
    ValueTask<ITurnReader?> FindAsync(TurnKey key, CancellationToken cancellation);

    /// <summary>The turns of a conversation, oldest first; empty if this tenant has no such conversation.</summary>
    ValueTask<IReadOnlyList<ITurnReader>> ReadConversationAsync(ConversationKey key, CancellationToken cancellation);
}

/// <summary>Whether a journal takes appends.</summary>
/// <param name="IsWritable">Whether it does.</param>
/// <param name="Reason">If not, what happened, for the log; null if it does.</param>
internal readonly record struct JournalHealth(bool IsWritable, string? Reason);
