namespace Passwindow.Journal;

/// <summary>What is committed of one turn. Any number of readers, on any thread.</summary>
internal interface ITurnReader
{
    /// <summary>What the turn began with.</summary>
    TurnOpening Opening { get; }

    /// <summary>The committed line: the number of the last durable event; 0 before the first.</summary>
    long Committed { get; }

    /// <summary>Whether the last committed event is the turn's <c>done</c>.</summary>
    bool HasEnded { get; }

    /// <summary>Whether the journal failed before the turn's end: nothing will be committed after <see cref="Committed"/>.</summary>
    bool HasFailed { get; }

    /// <summary>
    /// Reads committed events that follow <paramref name="after"/>, oldest first, in place of what is in the batch, and returns how many; 0 at the line. It never
    /// waits for new ones.
    /// </summary>
    ValueTask<int> ReadAsync(long after, CommittedBatch into, CancellationToken cancellation);

    /// <summary>
    /// Calls <paramref name="listener"/> whenever the line has moved or the journal has failed, until the result is disposed. Listen
    /// first, then read to the line: then no move between the two is lost. A call may still come right after the dispose.
    /// </summary>
    IDisposable Listen(ICommitListener listener);
}

/// <summary>Something that waits for the committed line.</summary>
internal interface ICommitListener
{
    /// <summary>The line moved, or the journal failed. Called on the journal's own thread, or one that others wait for: it must never block and never throw.</summary>
    void OnCommitted();
}
