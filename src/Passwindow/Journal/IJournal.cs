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
    /// <exception cref="JournalDamagedException">The conversation is damaged, so that nothing can be added to it.</exception>
    /// <exception cref="ArgumentException">The opening is longer than a line may be, or its JSON has line breaks.</exception>
    ITurnWriter Open(TurnOpening opening);

    /// <summary>Finds a turn, running or ended, of which something is committed; null if this tenant has none of that id.</summary>
    /// <exception cref="JournalDamagedException">Its conversation is damaged.</exception>
    ValueTask<ITurnReader?> FindAsync(TurnKey key, CancellationToken cancellation);

    /// <summary>
    /// The turns of a conversation of which something is committed, oldest first (of turns that ran at the same time, first what ended
    /// first); empty if this tenant has no such conversation.
    /// </summary>
    /// <exception cref="JournalDamagedException">The conversation is damaged.</exception>
    ValueTask<IReadOnlyList<ITurnReader>> ReadConversationAsync(ConversationKey key, CancellationToken cancellation);
}

/// <summary>Whether a journal takes appends.</summary>
/// <param name="IsWritable">Whether it does.</param>
/// <param name="Reason">If not, what happened, for the log; null if it does.</param>
internal readonly record struct JournalHealth(bool IsWritable, string? Reason);
