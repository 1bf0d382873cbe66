using System.Text.Json;

namespace Passwindow.Diagnostics;

/// <summary>
/// When what happened to the events of one turn, in milliseconds since it began: when the upstream had said each, when it was committed, when it
/// was sent to each viewer. For a person who looks (the inspector); nothing else depends on it.
/// </summary>
internal sealed class TurnTimeline(TimeProvider time)
{
    /// <summary>How many viewers are timed, the first to come.</summary>
    public const int MaxViewers = 16;

    private readonly long _begun = time.GetTimestamp();
    private readonly DateTimeOffset _begunAt = time.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly TimelineLane _said = new();
    private readonly TimelineLane _committed = new();
    private readonly List<TimelineViewer> _viewers = [];
    private bool _hasMoreViewers;

    /// <summary>How long ago it began.</summary>
    public double Now => time.GetElapsedTime(_begun).TotalMilliseconds;

    public void Said(long seq) => Mark(_said, seq);

    public void Committed(long seq) => Mark(_committed, seq);

    /// <summary>A viewer came, and is timed if there are not too many.</summary>
    public TimelineViewer? ViewerCame(string dialect, long after)
    {
        lock (_gate)
        {
            _hasMoreViewers = _viewers.Count == MaxViewers;
            if (_hasMoreViewers)
                return null;
            var viewer = new TimelineViewer(this, dialect, after);
            _viewers.Add(viewer);
            return viewer;
        }
    }

    /// <summary>Marks on a lane that something is so far, now.</summary>
    public void Mark(TimelineLane lane, long seq)
    {
        if (!lane.IsFull) // a long answer's last thousand tokens need not read the clock for nothing
            lane.Mark(seq, Now);
    }

    /// <summary>Writes the members of the document.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("began_at"u8, _begunAt);
        json.WriteNumber("now_ms"u8, Math.Round(Now, 3));
        _said.WriteTo(json, "said"u8);
        _committed.WriteTo(json, "committed"u8);
        json.WriteStartArray("viewers"u8);
        bool isWhole;
        lock (_gate)
        {
            foreach (var viewer in _viewers)
                viewer.WriteTo(json);
            isWhole = !_said.IsFull && !_committed.IsFull && !_hasMoreViewers;
        }

        json.WriteEndArray();
        json.WriteBoolean("complete"u8, isWhole);
    }
}

/// <summary>One viewer of a turn on its timeline.</summary>
internal sealed class TimelineViewer(TurnTimeline timeline, string dialect, long after)
{
    private readonly double _came = timeline.Now;
    private readonly TimelineLane _sent = new();
    private double? _left;

    /// <summary>Everything up to that event was handed to the connection.</summary>
    public void Sent(long seq) => timeline.Mark(_sent, seq);

    public void Left() => _left ??= timeline.Now;

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("dialect"u8, dialect);
        json.WriteNumber("after"u8, after);
        json.WriteNumber("came_ms"u8, Math.Round(_came, 3));
        if (_left is { } left)
            json.WriteNumber("left_ms"u8, Math.Round(left, 3));
        _sent.WriteTo(json, "sent"u8);
        json.WriteEndObject();
    }
}
