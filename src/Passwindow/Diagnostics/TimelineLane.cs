using System.Text.Json;

namespace Passwindow.Diagnostics;

/// <summary>The times at which something reached the events of a turn, one after the other: up to which event, and when. Not synchronised: its timeline's lock is.</summary>
internal struct TimelineLane()
{
    /// <summary>How many marks a lane keeps; what comes after them is not timed.</summary>
    public const int MaxMarks = 4096;

    private const int FirstMarks = 16;

    private (long Seq, double Ms)[] _marks = [];
    private int _count;

    /// <summary>Whether there was more than it keeps.</summary>
    public bool IsFull { get; private set; }

    public void Mark(long seq, double ms)
    {
        if (_count == MaxMarks)
        {
            IsFull = true;
            return;
        }

        if (_count > 0 && _marks[_count - 1].Seq >= seq)
            return;
        if (_count == _marks.Length)
            Array.Resize(ref _marks, Math.Max(FirstMarks, _count * 2));
        _marks[_count++] = (seq, ms);
    }

    /// <summary>Writes <c>[[seq, ms], …]</c>.</summary>
    public readonly void WriteTo(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartArray(name);
        foreach (var (seq, ms) in _marks.AsSpan(0, _count))
        {
            json.WriteStartArray();
            json.WriteNumberValue(seq);
            json.WriteNumberValue(Math.Round(ms, 3));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }
}
