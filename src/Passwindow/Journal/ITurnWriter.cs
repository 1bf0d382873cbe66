using Passwindow.Protocol;

namespace Passwindow.Journal;

/// <summary>The one writer of a running turn.</summary>
internal interface ITurnWriter
{
    /// <summary>The same turn for readers.</summary>
    ITurnReader Reader { get; }

    /// <summary>The number that the next event must bear.</summary>
    long NextSeq { get; }

    /// <summary>Bytes that were appended and are not committed yet. A writer that runs ahead of the disk waits (<see cref="CommitAsync"/>).</summary>
    long PendingBytes { get; }

    /// <summary>Takes an event, whose JSON bears <see cref="NextSeq"/>, for the next commit. Does not wait. After a <c>done</c> nothing can be appended.</summary>
    /// <exception cref="JournalUnavailableException">The journal takes no appends.</exception>
    /// <exception cref="ArgumentException">It is another event than the next, or has line breaks, or is longer than a line may be. Nothing was changed.</exception>
    void Append(EventType type, ReadOnlySpan<byte> json);

    /// <summary>Has what was appended committed as soon as the disk allows, where commits are otherwise spaced so that more gathers.</summary>
    void Hurry();

    /// <summary>Hurries, and waits until everything appended so far is committed. For the one writer: who appends while it waits prolongs the wait.</summary>
    /// <exception cref="JournalUnavailableException">It could not be made durable; nobody was shown it.</exception>
    ValueTask CommitAsync();
}
