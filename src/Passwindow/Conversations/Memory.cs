using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Conversations;

/// <summary>
/// What a model is told of the conversation so far: the earlier turns. The journal says which those are; the texts of the conversations
/// used last are kept, so that a new turn of a long one reads only the turn before it.
/// </summary>
/// <remarks>
/// At most <see cref="MaxBytes"/> of text, the conversation used longest ago goes first; of one conversation at most a quarter of that, beginning with its
/// first turn. What is kept belongs to a turn, and the texts of a turn that has ended never change: so nothing here can be out of date.
/// </remarks>
internal sealed class Memory(IJournal journal)
{
    /// <summary>The bound on all texts together, in bytes of memory.</summary>
    public const long MaxBytes = 32 * 1024 * 1024;

    private const long MaxBytesOfOne = MaxBytes / 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<ConversationKey, LinkedListNode<Remembered>> _kept = [];
    private readonly LinkedList<Remembered> _lastUsedFirst = new();
    private long _bytes;

    /// <summary>The text that is kept now, in bytes of memory.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>What a person asks.</summary>
    public static ChatMessage Question(string message) => ChatMessage.Of(ChatRole.User, message);

    /// <summary>The messages of the turns that lead to <paramref name="next"/>, oldest first.</summary>
    public async Task<IReadOnlyList<ChatMessage>> ReadAsync(TurnOpening next, CancellationToken cancellation)
    {
        var conversation = next.ConversationKey;
        var all = await journal.ReadConversationAsync(conversation, cancellation);
        var turns = Branch.Before(all, static turn => turn.Opening, next);

        // A request that gave the whole conversation begins it anew.
        turns = [.. turns.Skip(Math.Max(0, turns.ToList().FindLastIndex(static turn => turn.Opening.IsWhole)))];
        var before = Recall(conversation);
        var told = new List<RememberedTurn>(turns.Count);
        foreach (var turn in turns)
        {
            int at = told.Count;
            told.Add(at < before.Count && before[at].Turn == turn.Opening.Turn ? before[at] : await RememberedTurn.ReadAsync(turn, cancellation));
        }

        Keep(conversation, [.. told.TakeWhile(static turn => turn.HasEnded)]);
        return [.. told.SelectMany(static turn => turn.Messages)];
    }

    /// <summary>Lets go of a conversation, because it is deleted.</summary>
    public void Forget(ConversationKey conversation)
    {
        lock (_gate)
        {
            if (!_kept.Remove(conversation, out var node))
                return;
            _lastUsedFirst.Remove(node);
            _bytes -= node.Value.Bytes;
        }
    }

    private IReadOnlyList<RememberedTurn> Recall(ConversationKey conversation)
    {
        lock (_gate)
            return _kept.GetValueOrDefault(conversation)?.Value.Turns ?? [];
    }

    private void Keep(ConversationKey conversation, List<RememberedTurn> turns)
    {
        long bytes = 0;
        int count = turns.FindIndex(turn => (bytes += turn.Bytes) > MaxBytesOfOne);
        if (count >= 0)
            turns.RemoveRange(count, turns.Count - count);
        lock (_gate)
        {
            Forget(conversation);
            if (turns.Count == 0)
                return;
            var node = _lastUsedFirst.AddFirst(new Remembered(conversation, turns, turns.Sum(static turn => turn.Bytes)));
            _kept.Add(conversation, node);
            _bytes += node.Value.Bytes;
            while (_bytes > MaxBytes)
                Forget(_lastUsedFirst.Last!.Value.Conversation);
        }
    }

    private sealed record Remembered(ConversationKey Conversation, IReadOnlyList<RememberedTurn> Turns, long Bytes);
}
