using Passwindow.Protocol;

namespace Passwindow.Journal;

/// <summary>What a list says of a conversation.</summary>
/// <param name="Key">Which one.</param>
/// <param name="Title">What somebody called it, else the beginning of its first message.</param>
/// <param name="UpdatedAt">When its last turn began. A rename does not count.</param>
/// <param name="AbandonedTokens">How many pieces of its answers were made for nobody, in all of its turns.</param>
/// <param name="Running">The turn that runs in it; null if none does.</param>
internal sealed record ConversationEntry(ConversationKey Key, string Title, DateTimeOffset UpdatedAt, long AbandonedTokens, TurnId? Running);

/// <summary>A place in a tenant's list, newest first: behind the conversation that had this time and this id.</summary>
/// <param name="UpdatedAtMs">Milliseconds since 1970.</param>
/// <param name="Conversation">The id.</param>
internal readonly record struct ListPlace(long UpdatedAtMs, ConversationId Conversation);

/// <summary>What is asked of a list.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="After">Only what stands behind that place; null for the beginning.</param>
/// <param name="Limit">How many at most; at least 1.</param>
/// <param name="Text">Only conversations in whose title, messages or answers this stands, in whatever case; null for all.</param>
internal sealed record ListQuery(TenantId Tenant, ListPlace? After, int Limit, string? Text);

/// <summary>A part of a list.</summary>
/// <param name="Entries">Newest first. A search may give fewer than asked for, or none, though more follow: its work is bounded.</param>
/// <param name="Next">From where it goes on; null at the end.</param>
internal sealed record ListPage(IReadOnlyList<ConversationEntry> Entries, ListPlace? Next);
