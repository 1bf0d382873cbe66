using Passwindow.Journal.Files;

namespace Passwindow.Journal.Tools;

/// <summary>
/// Reads a journal file past what is damaged in it. A line is whole if its length and checksum are right; as each checksum begins with that
/// of the line before, reading goes on behind a bad line only where a line proves right with a checksum that the bad one leaves to try. A
/// line whose predecessor is missing cannot be proven and counts as bad.
/// </summary>
internal static class SalvageScan
{
    /// <summary>Reads a file whole; one of 2 GiB or more is not read.</summary>
    public static byte[] ReadAll(IDisk disk, string path)
    {
        using var file = disk.Open(path, create: false);
        if (file.Length > Array.MaxLength)
            throw new JournalDamagedException(path, Array.MaxLength, "it is larger than such a file can be.");
        byte[] bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Gives each whole line and each place where what stands is not whole, in order.</summary>
    public static IEnumerable<SalvagedLine> Read(ReadOnlyMemory<byte> bytes)
    {
        int at = 0;
        uint crc = 0;
        while (at < bytes.Length)
        {
            var check = JournalLine.Check(bytes.Span[at..], crc, out int length, out uint next);
            if (check == LineCheck.Good)
            {
                yield return new SalvagedLine(at, bytes.Slice(at, length), IsWhole: true);
                at += length;
                crc = next;
                continue;
            }

            int resumed = Resume(bytes, at, ref crc);
            yield return new SalvagedLine(at, bytes[at..resumed], IsWhole: false);
            at = resumed;
        }
    }

    private static int Resume(ReadOnlyMemory<byte> bytes, int bad, ref uint crc)
    {
        uint? previous = crc;
        for (int from = bad; NextLine(bytes.Span, from) is var at and >= 0; from = at, previous = null)
        {
            foreach (uint begin in JournalLine.ChecksumsAfter(bytes[from..at], previous))
            {
                if (JournalLine.Check(bytes.Span[at..], begin, out _, out _) != LineCheck.Good)
                    continue;
                crc = begin;
                return at;
            }
        }

        return bytes.Length;
    }

    private static int NextLine(ReadOnlySpan<byte> bytes, int from)
    {
        int end = bytes[from..].IndexOf((byte)'\n');
        int next = from + end + 1;
        return end < 0 || next >= bytes.Length ? -1 : next;
    }
}

/// <summary>A part of a file.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Bytes">What stands there.</param>
/// <param name="IsWhole">Whether it is one line that is proven right; if not, it is anything.</param>
internal readonly record struct SalvagedLine(long Offset, ReadOnlyMemory<byte> Bytes, bool IsWhole);
