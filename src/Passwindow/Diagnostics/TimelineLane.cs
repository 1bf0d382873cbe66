using System.Text.Json;

namespace Passwindow.Diagnostics;

/// <summary>The times at which something reached the events of a turn, one after the other: up to which event, and when.</summary>
internal sealed class TimelineLane
{
    /// <summary>How many marks a lane keeps; what comes after them is not timed.</summary>
    public const int MaxMarks = 4096;

    private readonly Lock _gate = new();
    private readonly List<(long Seq, double Ms)> _marks = [];

    /// <summary>Whether there was more than it keeps.</summary>
    public bool IsFull { get; private set; }

    public void Mark(long seq, double ms)
    {
        lock (_gate)
        {
            if (_marks.Count == MaxMarks)
                IsFull = true;
            else if (_marks.Count == 0 || _marks[^1].Seq < seq)
                _marks.Add((seq, ms));
        }
    }

    /// <summary>Writes <c>[[seq, ms], …]</c>.</summary>
    public void WriteTo(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartArray(name);
        lock (_gate)
        {
            foreach (var (seq, ms) in _marks)
            {
                json.WriteStartArray();
                json.WriteNumberValue(seq);
                json.WriteNumberValue(Math.Round(ms, 3));
                json.WriteEndArray();
            }
        }

        json.WriteEndArray();
    }
}
