using System.Buffers;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Viewers;

/// <summary>
/// How the viewers of one turn and dialect have its events spelled once: the first of them at the line spells what is new, the others write the
/// same bytes. They wait for each other no longer than that takes.
/// </summary>
/// <remarks>
/// A dialect that keeps state needs a writer that was given every event up to the front. A viewer at the line donates its own, others that stand there let
/// go of theirs, and from then on all of them lean on the one.
/// </remarks>
internal sealed class SharedSpelling(TurnKey turn, Dialect dialect)
{
    /// <summary>The bytes after which a batch takes no further event.</summary>
    private const int MaxBatchBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private RecentBatches? _recent;
    private ArrayBufferWriter<byte>? _buffer;
    private IFrameWriter? _writer;
    private long _front;
    private int _leaning;
    private volatile int _viewers;

    public TurnKey Turn => turn;

    public Dialect Dialect => dialect;

    /// <summary>How many viewers there are; changed by <see cref="Spellings"/> alone, under its lock.</summary>
    public int Viewers
    {
        get => _viewers;
        set => _viewers = value;
    }

    /// <summary>Whether there is anybody to share with. One alone spells straight into its response.</summary>
    public bool IsShared => _viewers > 1;

    /// <summary>What was spelled of the events behind that one; null if nothing was, or it is not kept any more. It waits for nobody.</summary>
    public SharedBatch? Find(long after) => Volatile.Read(ref _recent)?.Find(after);

    /// <summary>
    /// What is spelled of the events behind <paramref name="after"/>: by who was here first, or now. Null if the viewer has to go its own way: it lags, or is
    /// alone, or an event cannot be spelled, which each then finds out for itself, as if nothing were shared.
    /// </summary>
    /// <param name="after">Where the viewer stands.</param>
    /// <param name="events">What follows: at least one event.</param>
    /// <param name="reachesLine">Whether they are all that is committed.</param>
    /// <param name="own">The viewer's own writer, which stands there too; null if it leans on the shared one. It becomes null if it does from now on, and is given back to one that is left alone.</param>
    public SharedBatch? Spell(long after, ReadOnlySpan<CommittedEvent> events, bool reachesLine, ref IFrameWriter? own)
    {
        lock (_gate)
        {
            var found = Find(after);
            if (dialect.KeepsState && !Leans(after, found is not null, reachesLine, ref own))
                return null;
            if (found is not null)
                return found;
            if (dialect.KeepsState && !IsShared && after == _front && _writer is not null)
            {
                (own, _writer) = (_writer, null);
                _leaning--;
                return null;
            }

            // Without state any viewer at the line is the front, wherever the others have got to.
            bool isFront = after == _front || (!dialect.KeepsState && after > _front && reachesLine);
            return isFront && (dialect.KeepsState ? _writer : own) is { } writer ? TrySpell(writer, after, events) : null;
        }
    }

    /// <summary>A viewer that leaned on the shared writer does so no longer.</summary>
    public void StandUp()
    {
        lock (_gate)
            _leaning--;
    }

    /// <summary>Whether a viewer leans on the shared writer, or does from now on.</summary>
    private bool Leans(long after, bool isSpelled, bool reachesLine, ref IFrameWriter? own)
    {
        if (own is null)
            return true;
        if (_writer is null || !(isSpelled || after == _front))
        {
            // Its own becomes the shared one, but not over the heads of those who lean on another, and not while it still catches up.
            if (_leaning > 0 || after < _front || !reachesLine)
                return false;
            (_writer, _front) = (own, after);
        }

        own = null;
        _leaning++;
        return true;
    }

    private SharedBatch? TrySpell(IFrameWriter writer, long after, ReadOnlySpan<CommittedEvent> events)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        int count = 0;
        try
        {
            while (count < events.Length && buffer.WrittenCount < MaxBatchBytes)
                writer.Write(events[count++], buffer);
        }
        catch (Exception)
        {
            _writer = null; // nobody knows how much of the event it took in
            return null;
        }

        var last = events[count - 1];
        var batch = new SharedBatch(after, last.Seq, last.Type == EventType.Done, buffer.WrittenSpan.ToArray());
        if (buffer.Capacity > MaxBatchBytes)
            _buffer = null; // one long event is no reason to keep as much for the next
        _front = batch.Last;
        if (_recent is null)
            Volatile.Write(ref _recent, new RecentBatches());
        _recent.Add(batch);
        return batch;
    }
}
