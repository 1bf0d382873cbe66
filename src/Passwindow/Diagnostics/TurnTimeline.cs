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
    private readonly List<TimelineViewer> _viewers = [];
    private TimelineLane _said = new(); // lanes are values: a token is marked on three
    private TimelineLane _committed = new();
    private bool _hasMoreViewers;

    /// <summary>How long ago it began.</summary>
    public double Now => time.GetElapsedTime(_begun).TotalMilliseconds;

    public void Said(long seq) => Mark(ref _said, seq);

    public void Committed(long seq) => Mark(ref _committed, seq);

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
    public void Mark(ref TimelineLane lane, long seq)
    {
        if (lane.IsFull)
            return; // a long answer's last thousand tokens need not read the clock for nothing
        double now = Now;
        lock (_gate)
            lane.Mark(seq, now);
    }

    /// <summary>Writes the members of the document.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteString("began_at"u8, _begunAt);
        json.WriteNumber("now_ms"u8, Math.Round(Now, 3));
        bool isWhole;
        lock (_gate)
        {
            _said.WriteTo(json, "said"u8);
            _committed.WriteTo(json, "committed"u8);
            json.WriteStartArray("viewers"u8);
            foreach (var viewer in _viewers)
                viewer.WriteTo(json);
            json.WriteEndArray();
            isWhole = !_said.IsFull && !_committed.IsFull && !_hasMoreViewers;
        }

        json.WriteBoolean("complete"u8, isWhole);
    }
}

/// <summary>One viewer of a turn on its timeline.</summary>
internal sealed class TimelineViewer(TurnTimeline timeline, string dialect, long after)
{
    private readonly double _came = timeline.Now;
    private TimelineLane _sent = new();
    private double? _left;

    /// <summary>Everything up to that event was handed to the connection.</summary>
    public void Sent(long seq) => timeline.Mark(ref _sent, seq);

    public void Left() => _left ??= timeline.Now;

    /// <summary>Writes its object; for who holds the timeline's lock.</summary>
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
