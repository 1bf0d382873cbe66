using System.Collections.Concurrent;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>The turns that are in memory: those that run, and those that are not durable in their conversation's file yet.</summary>
internal sealed class HotTurns
{
    private readonly ConcurrentDictionary<TurnKey, FileTurn> _turns = new();
    private readonly ConcurrentDictionary<ConversationKey, FileTurn[]> _byConversation = new();

    /// <summary>All, in the order in which they were opened, so that a conversation's turns are stored in it.</summary>
    public IEnumerable<FileTurn> All => _turns.Values.OrderBy(static turn => turn.Number);

    /// <summary>All, in no order and without a copy; one that is opened while somebody looks at them may be among them or not.</summary>
    public IEnumerable<FileTurn> InAnyOrder
    {
        get
        {
            foreach (var (_, turn) in _turns)
                yield return turn;
        }
    }

    public int Count => _turns.Count;

    public bool TryAdd(FileTurn turn)
    {
        if (!_turns.TryAdd(turn.Opening.Key, turn))
            return false;
        _byConversation.AddOrUpdate(turn.Opening.ConversationKey, _ => [turn], (_, turns) => [.. turns, turn]);
        return true;
    }

    public FileTurn? Find(TurnKey key) => _turns.GetValueOrDefault(key);

    /// <summary>Those of one conversation, in the order in which they were opened.</summary>
    public FileTurn[] Of(ConversationKey key) => _byConversation.GetValueOrDefault(key) ?? [];

    /// <summary>The turn of a conversation that has begun for whoever watches, and not ended; null for none.</summary>
    public TurnId? RunningIn(ConversationKey key) =>
        Array.FindLast(Of(key), static turn => turn.Committed > 0 && !turn.HasEnded && !turn.HasFailed)?.Opening.Turn;

    public void Remove(FileTurn turn)
    {
        if (!_turns.TryRemove(KeyValuePair.Create(turn.Opening.Key, turn)))
            return;
        var key = turn.Opening.ConversationKey;
        while (_byConversation.TryGetValue(key, out var turns))
        {
            var others = Array.FindAll(turns, other => other != turn);
            if (others.Length > 0 ? _byConversation.TryUpdate(key, others, turns) : _byConversation.TryRemove(KeyValuePair.Create(key, turns)))
                return;
        }
    }
}
