using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Conversations;

/// <summary>What a model is told of the conversation so far: the earlier turns, read from the journal.</summary>
internal static class Memory
{
    /// <summary>The messages of the turns that lead to <paramref name="next"/> and have ended, oldest first.</summary>
    public static async Task<IReadOnlyList<ChatMessage>> ReadAsync(IJournal journal, TurnOpening next, CancellationToken cancellation)
    {
        var messages = new List<ChatMessage>();
        var turns = await journal.ReadConversationAsync(next.ConversationKey, cancellation);
        foreach (var turn in Branch.Before(turns, static turn => turn.Opening, next))
        {
            if (!turn.HasEnded)
                continue;
            messages.Add(Question(turn.Opening.Message));
            string answer = await ReadAnswerAsync(turn, cancellation);
            if (answer.Length > 0)
                messages.Add(ChatMessage.Of(ChatRole.Assistant, answer));
        }

        return messages;
    }

    /// <summary>What a person asks.</summary>
    public static ChatMessage Question(string message) => ChatMessage.Of(ChatRole.User, message);

    // The text alone: a call whose result the client never sent would be refused by the providers, and a partial answer was shown, so it counts.
    private static async Task<string> ReadAnswerAsync(ITurnReader turn, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            if (committed.Type == EventType.Token)
                text.Append(EventJson.GetString(committed.Json.Span, "token"u8));
        }

        return text.ToString();
    }
}
