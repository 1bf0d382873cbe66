namespace Passwindow.Viewers;

/// <summary>Events of a turn that were spelled once, for every viewer that stands before them. The bytes are the turn's alone, so they never become wrong.</summary>
/// <param name="After">The number of the event before them.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Ended">Whether that is the turn's end.</param>
/// <param name="Bytes">Their frames; empty if the dialect has no words for them.</param>
internal sealed record SharedBatch(long After, long Last, bool Ended, ReadOnlyMemory<byte> Bytes);
