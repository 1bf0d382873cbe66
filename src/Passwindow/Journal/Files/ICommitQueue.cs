namespace Passwindow.Journal.Files;

/// <summary>Where what has something to commit queues.</summary>
internal interface ICommitQueue
{
    void Enqueue(ICommitting each);

    /// <summary>Somebody waits for what is queued: the next commit begins as soon as the last one has ended.</summary>
    void Hurry();
}

/// <summary>Something that has lines to commit. Both are called by the commit loop, never at once.</summary>
internal interface ICommitting
{
    /// <summary>Writes what waits as lines of a commit, and returns a number for <see cref="Publish"/>.</summary>
    /// <param name="output">What is about to be written.</param>
    /// <param name="file">The number of the write-ahead file to which it will be.</param>
    /// <param name="batch">The number of the commit.</param>
    /// <param name="crc">The checksum of the last line.</param>
    long Frame(LineBuffer output, long file, long batch, ref uint crc);

    /// <summary>What was written then is durable. Adds to <paramref name="wakeUps"/> who waits for that.</summary>
    void Publish(long seq, WakeUps wakeUps);
}
