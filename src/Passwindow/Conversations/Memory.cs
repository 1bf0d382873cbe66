using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Conversations;

/// <summary>What a model is told of the conversation so far: the earlier turns, read from the journal.</summary>
internal static class Memory
{
    /// <summary>The messages of the turns that have ended, oldest first; <see cref="History"/> makes them fit for a provider.</summary>
    public static async Task<IReadOnlyList<ChatMessage>> ReadAsync(IJournal journal, ConversationKey conversation, CancellationToken cancellation)
    {
        var messages = new List<ChatMessage>();
        foreach (var turn in await journal.ReadConversationAsync(conversation, cancellation))
            messages.AddRange(await TurnMessages.ReadAsync(turn, cancellation));
        return messages;
    }

    /// <summary>What a person asks.</summary>
    public static ChatMessage Question(string message) => ChatMessage.Of(ChatRole.User, message);
}
