namespace Passwindow.Journal;

/// <summary>
/// A journal that gains by knowing which appends belong together: what one thread appends in a row is committed together at the row's end, by that thread
/// itself where that is fast.
/// </summary>
internal interface IAppendsInRows
{
    /// <summary>What this thread appends from now on belongs together, until <see cref="EndRow"/>. Nothing may wait for its commit on this thread meanwhile.</summary>
    void BeginRow();

    /// <summary>Has what was appended since committed, here and now where the last commit was fast: it may wait a millisecond for the commit of another thread, and for nothing else.</summary>
    void EndRow();

    /// <summary>
    /// Ends the row as one for which nobody waits yet: while commits follow each other it is left for the next of them, which costs no sync of its own, and is
    /// committed soon if there is none. Otherwise as <see cref="EndRow"/>.
    /// </summary>
    void LeaveRow();
}
