using Passwindow.Protocol;

namespace Passwindow.Journal;

/// <summary>The journal takes no appends, or could not make one durable. What was committed before can still be read.</summary>
internal sealed class JournalUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A file of the journal does not hold what was written to it. It is never skipped in silence.</summary>
/// <param name="path">The file.</param>
/// <param name="offset">Where in it, in bytes.</param>
/// <param name="what">What is wrong there.</param>
internal sealed class JournalDamagedException(string path, long offset, string what)
    : Exception($"The journal is damaged: {path} at byte {offset}: {what}")
{
    public string Path { get; } = path;

    public long Offset { get; } = offset;

    public string What { get; } = what;
}

/// <summary>The conversation was deleted while somebody read it.</summary>
/// <param name="conversation">Which one.</param>
internal sealed class ConversationGoneException(ConversationKey conversation) : Exception($"The conversation {conversation.Conversation} was deleted.");
