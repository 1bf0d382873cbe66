using System.Buffers;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>The end of a conversation's file after a process left it behind: what recovery may cut, and what it must write again.</summary>
/// <param name="path">The file's path.</param>
/// <param name="file">The file.</param>
/// <param name="index">What is whole in it.</param>
/// <param name="isHeld">What the write-ahead file could write again: an event's number, or 0 for the opening.</param>
internal sealed class ConversationTail(string path, IDiskFile file, ConversationIndex index, Func<TurnId, long, bool> isHeld)
{
    /// <summary>
    /// What was never synced is still in the write-ahead file. So if anything behind the last whole line is not there, or a turn that is
    /// not there has no end, then the file has lost what it had: that is damage, and cutting it off would destroy what follows.
    /// </summary>
    public void ThrowIfCommitted()
    {
        foreach (var turn in index.Turns)
        {
            if (!turn.HasEnded && !isHeld(turn.Opening.Turn, turn.Last + 1))
                throw new JournalDamagedException(path, index.Length, $"turn {turn.Opening.Turn} breaks off after event {turn.Last}.");
        }

        int length = (int)Math.Min(file.Length - index.Length, Array.MaxLength);
        if (length == 0)
            return;
        byte[] behind = new byte[length];
        file.Read(behind, index.Length);
        foreach (var range in JournalLine.FindUnchecked(behind, fromStart: true))
        {
            if (JournalRecord.TryRead(behind.AsSpan(range), out var record) && record.Kind != JournalRecordKind.File && !isHeld(record.Turn, record.Seq))
                throw new JournalDamagedException(path, index.Length, "a line's length or checksum is wrong, and lines of other turns follow it.");
        }
    }

    /// <summary>Cuts off what is not a whole line.</summary>
    public void Cut()
    {
        if (file.Length > index.Length)
            file.Truncate(index.Length);
    }

    /// <summary>
    /// Writes the same bytes again from <paramref name="offset"/> on. They may be in memory only, marked clean by a sync that failed: then
    /// the next sync would report a success that is none.
    /// </summary>
    public void WriteAgain(long offset)
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            while (offset < index.Length)
            {
                int read = file.Read(window.AsSpan(0, (int)Math.Min(window.Length, index.Length - offset)), offset);
                file.Write(window.AsSpan(0, read), offset);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window, clearArray: true); // it holds what a tenant wrote
        }
    }
}
