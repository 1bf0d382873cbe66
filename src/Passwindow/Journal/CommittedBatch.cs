using Microsoft.Extensions.ObjectPool;
using Passwindow.Protocol;

namespace Passwindow.Journal;

/// <summary>
/// Committed events that were read together, with a copy of their JSON that is made in one buffer, so that to read costs no object and the journal's own
/// memory is never lent to anybody. What it gives out is valid until something else is read into it, or it is returned. Not synchronised.
/// </summary>
internal sealed class CommittedBatch : IResettable
{
    /// <summary>How many events one takes at most.</summary>
    public const int MaxEvents = 64;

    /// <summary>An event is the last one once it and those before it have so many bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int FirstBuffer = 4 * 1024;
    private const int LargestKeptBuffer = 64 * 1024;

    private readonly CommittedEvent[] _events;
    private byte[] _buffer = [];
    private int _used;
    private long _bytes;

    public CommittedBatch()
        : this(MaxEvents)
    {
    }

    /// <param name="maxEvents">How many events it takes at most.</param>
    public CommittedBatch(int maxEvents) => _events = new CommittedEvent[maxEvents];

    /// <summary>Those that nobody uses: ten thousand viewers wait most of the time, and those that are woken one after the other use the same.</summary>
    public static ObjectPool<CommittedBatch> Pool { get; } = ObjectPool.Create<CommittedBatch>();

    public int Count { get; private set; }

    public bool IsFull => Count == _events.Length || _bytes >= MaxBytes;

    /// <summary>The events, oldest first.</summary>
    public ReadOnlySpan<CommittedEvent> Events => _events.AsSpan(0, Count);

    /// <summary>One of <see cref="Events"/>, where a span cannot be: across an <c>await</c>.</summary>
    public CommittedEvent this[int index] => Events[index];

    /// <summary>The number of the last one; there must be one.</summary>
    public long LastSeq => Events[^1].Seq;

    /// <summary>Copies an event's JSON to where it stays as long as the batch does.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> json)
    {
        if (_buffer.Length - _used < json.Length)
        {
            // What stands in the buffer before stays there for the events that were given it.
            _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Max(FirstBuffer, Math.Min(_buffer.Length * 2, MaxBytes)), json.Length));
            _used = 0;
        }

        var kept = _buffer.AsMemory(_used, json.Length);
        json.CopyTo(kept.Span);
        _used += json.Length;
        return kept;
    }

    public void Add(CommittedEvent committed)
    {
        _events[Count++] = committed;
        _bytes += committed.Json.Length;
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _events.AsSpan(0, Count).Clear();
        (Count, _used, _bytes) = (0, 0, 0);
    }

    bool IResettable.TryReset()
    {
        Clear();
        if (_buffer.Length > LargestKeptBuffer)
            _buffer = [];
        return true;
    }
}
