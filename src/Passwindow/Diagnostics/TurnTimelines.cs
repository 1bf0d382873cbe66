using Passwindow.Protocol;

namespace Passwindow.Diagnostics;

/// <summary>
/// The timelines of the newest turns, in memory: at most <see cref="MaxKept"/>, each at most about 1 MB, so that under load only the first turns
/// are timed and the rest cost nothing.
/// </summary>
internal sealed class TurnTimelines(TimeProvider time)
{
    public const int MaxKept = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<TurnKey, TurnTimeline> _kept = [];
    private readonly Queue<TurnKey> _ended = new();

    /// <summary>Begins the timeline of a turn, in the place of the one that ended first; null if all that are kept belong to turns that run.</summary>
    public TurnTimeline? Begin(TurnKey turn)
    {
        lock (_gate)
        {
            if (_kept.Count == MaxKept)
            {
                if (!_ended.TryDequeue(out var oldest))
                    return null;
                _kept.Remove(oldest);
            }

            return _kept[turn] = new TurnTimeline(time);
        }
    }

    /// <summary>A turn has ended: its timeline may make room.</summary>
    public void End(TurnKey turn)
    {
        lock (_gate)
        {
            if (_kept.ContainsKey(turn))
                _ended.Enqueue(turn);
        }
    }

    public TurnTimeline? Find(TurnKey turn)
    {
        lock (_gate)
            return _kept.GetValueOrDefault(turn);
    }
}
