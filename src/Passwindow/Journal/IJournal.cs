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

    /// <summary>A tenant's conversations of which something is committed, newest first.</summary>
    ValueTask<ListPage> ListAsync(ListQuery query, CancellationToken cancellation);

    /// <summary>What a list says of one conversation; null if this tenant has no such one.</summary>
    ValueTask<ConversationEntry?> DescribeAsync(ConversationKey key, CancellationToken cancellation);

    /// <summary>
    /// The conversations of all tenants whose last turn began before <paramref name="before"/> and in which none runs, oldest first within
    /// a tenant, at most so many; on request those alone that no list shows.
    /// </summary>
    ValueTask<IReadOnlyList<ConversationEntry>> ListIdleAsync(DateTimeOffset before, bool onlyUnlisted, int most, CancellationToken cancellation);

    /// <summary>Gives a conversation a title. The last one wins. Returns once that is durable: false if this tenant has no such conversation.</summary>
    /// <exception cref="JournalUnavailableException">It could not be made durable.</exception>
    /// <exception cref="JournalDamagedException">The conversation is damaged, so that nothing can be added to it.</exception>
    ValueTask<bool> RenameAsync(ConversationKey key, string title, CancellationToken cancellation);

    /// <summary>
    /// Deletes a conversation in which no turn runs, also a damaged one. Returns once nothing can bring it back: false if this tenant has no
    /// such conversation. Who reads what is not in memory gets a <see cref="ConversationGoneException"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">A turn runs in it.</exception>
    /// <exception cref="JournalUnavailableException">It could not be made durable; whether it is deleted shows after the next start.</exception>
    ValueTask<bool> DeleteAsync(ConversationKey key, CancellationToken cancellation);
}

/// <summary>Whether a journal takes appends.</summary>
/// <param name="IsWritable">Whether it does.</param>
/// <param name="Reason">If not, what happened, for the log; null if it does.</param>
internal readonly record struct JournalHealth(bool IsWritable, string? Reason);
