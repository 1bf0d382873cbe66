using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;

namespace Passwindow.Viewers;

/// <summary>
/// What one viewer's frames are spelled with: a writer of its own, or the one that the viewers of its turn and dialect share. Where a dialect keeps state, a
/// viewer that shares has none of its own; when it needs one again it makes it by replaying the turn, and shares no more.
/// </summary>
internal sealed class ViewerWriter(ITurnReader turn, Dialect dialect, FrameContext context)
{
    private IFrameWriter? _own = dialect.CreateWriter(context);
    private Spellings? _spellings;
    private SharedSpelling? _shared;

    /// <summary>The viewer's own writer; null if it shares one that keeps state.</summary>
    public IFrameWriter? Own => _own;

    /// <summary>
    /// A writer for what depends on no event before it, a heartbeat, or that has to do for a notice of why those events cannot be read.
    /// </summary>
    public IFrameWriter Any => _own ?? dialect.CreateWriter(context);

    /// <summary>The viewer begins. Of a turn that has ended already each viewer reads the rest at its own pace.</summary>
    public void Share(Spellings? spellings)
    {
        // What is written after an opening depends on more than the turn: on what the opening told of the turns before it.
        if (spellings is null || dialect.Joining == Joining.WithOpening || turn.HasEnded)
            return;
        _spellings = spellings;
        _shared = spellings.Join(turn.Opening.Key, dialect);
    }

    /// <summary>The viewer goes, or shares no more.</summary>
    public void Leave()
    {
        if (_shared is not { } shared)
            return;
        _shared = null;
        if (IsLeaning)
            shared.StandUp();
        _spellings!.Leave(shared);
    }

    /// <summary>What others have had spelled of the events behind that one; null if the viewer has to read them.</summary>
    public SharedBatch? Find(long after) => IsLeaning || !dialect.KeepsState ? _shared?.Find(after) : null;

    /// <summary>What is spelled for all of the events that a viewer has read; null if it is to spell them itself.</summary>
    public SharedBatch? Spell(long after, ReadOnlySpan<CommittedEvent> events) => _shared is { } shared && (IsLeaning || shared.IsShared)
        ? shared.Spell(after, events, reachesLine: events[^1].Seq >= turn.Committed, ref _own)
        : null;

    /// <summary>A writer of the viewer's own that was given all events up to there.</summary>
    public ValueTask<IFrameWriter> OwnAsync(long after, CancellationToken left) => _own is { } own ? new(own) : ReplayAsync(after, left);

    /// <summary>Brings the writer to where the viewer begins: what was before is written to nowhere.</summary>
    public async Task JoinAsync(long after, CancellationToken left)
    {
        if (!dialect.KeepsState || _own is not { } own)
            return;
        var nowhere = new DiscardedBytes();
        var batch = new CommittedBatch();
        for (long at = 0; at < after;)
        {
            if (await turn.ReadAsync(at, batch, left) == 0)
                break; // nothing is committed beyond: the endpoint does not let in who asks for more
            foreach (ref readonly var committed in batch.Events)
            {
                if (committed.Seq <= after)
                    own.Write(committed, nowhere);
                at = committed.Seq;
            }
        }
    }

    private bool IsLeaning => _own is null;

    private async ValueTask<IFrameWriter> ReplayAsync(long after, CancellationToken left)
    {
        Leave();
        await Task.Yield(); // a long turn is not replayed on the thread that committed its latest event
        _own = dialect.CreateWriter(context);
        await JoinAsync(after, left);
        return _own;
    }
}
