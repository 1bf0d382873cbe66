using Passwindow.Conversations;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Tests.Conversations;

internal static class MemoryReading
{
    /// <summary>What a turn that follows the last one of a conversation is told.</summary>
    public static Task<IReadOnlyList<ChatMessage>> ReadAsync(this Memory memory, ConversationKey key, CancellationToken cancellation) => memory.ReadAsync(
        new TurnOpening(TurnId.Create(DateTimeOffset.MaxValue.AddYears(-8000), 0), key.Tenant, key.Conversation, User: null, "m", "next", DateTimeOffset.MaxValue), cancellation);
}
