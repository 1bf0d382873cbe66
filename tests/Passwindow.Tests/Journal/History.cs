using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Tests.Journal;

/// <summary>What a journal was given and what its viewers saw of it, in the order in which it happened.</summary>
internal sealed class History
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TurnKey, (TurnOpening Opening, List<byte[]> Events)> _given = [];
    private readonly List<SeenEvent> _seen = [];

    public void Open(TurnOpening opening)
    {
        lock (_gate)
            _given.Add(opening.Key, (opening, []));
    }

    public void Give(TurnKey turn, byte[] json)
    {
        lock (_gate)
            _given[turn].Events.Add(json);
    }

    public void See(object viewer, TurnKey turn, CommittedEvent seen)
    {
        lock (_gate)
            _seen.Add(new SeenEvent(viewer, turn, seen.Seq, seen.Type, seen.Json.ToArray()));
    }

    /// <summary>How much was seen so far.</summary>
    public int SeenCount
    {
        get
        {
            lock (_gate)
                return _seen.Count;
        }
    }

    public IReadOnlyList<SeenEvent> Seen
    {
        get
        {
            lock (_gate)
                return [.. _seen];
        }
    }

    public IReadOnlyList<(TurnOpening Opening, IReadOnlyList<byte[]> Events)> Given
    {
        get
        {
            lock (_gate)
                return [.. _given.Values.Select(static turn => (turn.Opening, (IReadOnlyList<byte[]>)[.. turn.Events]))];
        }
    }
}

/// <summary>One event that one viewer was shown.</summary>
internal sealed record SeenEvent(object Viewer, TurnKey Turn, long Seq, EventType Type, byte[] Json);
