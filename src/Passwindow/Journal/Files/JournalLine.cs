using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// The journal's disk format, version 1. Every file of it is JSON lines, to be read with <c>cat</c>, <c>jq</c> and <c>grep</c>.
/// </summary>
/// <remarks>
/// <code>
/// {"crc":"5d1c0e7a","len":"0000009c","batch":12,"turn":"t_…","event":{"type":"token","seq":3,"token":"Hel"}}\n
/// </code>
/// <list type="bullet">
/// <item><c>crc</c>: CRC-32C (the reflected polynomial 82F63B78, nothing inverted) of everything from <c>"len"</c> to the line feed, begun
/// with the <c>crc</c> of the line before (0 for the first of a file), so that a missing or moved line shows as well as a changed one.</item>
/// <item><c>len</c>: the bytes of the whole line, line feed included. Both are eight lower-case hexadecimal digits at fixed places.</item>
/// <item><c>batch</c>: the group commit the line belongs to, in write-ahead files only; batches are numbered without a hole, also from file
/// to file. A batch counts when its last line, <c>commit</c>, is whole, and batch n+1 is written only after batch n is synced (unless the
/// file's first line says <c>"durability":"os"</c>): so damage before the last batch is never taken for a torn tail.</item>
/// <item>Then one of: <c>passwindow</c> (what the file is: the first line of each and no other), <c>turn</c> and <c>open</c> (a turn's
/// opening), <c>turn</c> and <c>event</c> (an event as the native dialect sends it), <c>turn</c> and <c>runs</c> (the turn began in an
/// earlier write-ahead file and goes on here), <c>commit</c>, <c>title</c> (what somebody called a conversation; the last one counts, and
/// it goes from the write-ahead file to the conversation's as an event does), <c>gone</c> (a conversation was deleted: of what stands before
/// in the write-ahead files nothing counts, and its file goes; in write-ahead files only), <c>entry</c> (in the catalog only, which is made
/// anew from the other files if it is lost: <see cref="CatalogFile"/>).</item>
/// </list>
/// </remarks>
internal static class JournalLine
{
    /// <summary>The version in every file's first line. A file of another version is refused.</summary>
    public const int FormatVersion = 1;

    /// <summary>The longest line, in bytes. A longer one is damage.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>The longest event, or opening, in bytes. What stands around it on its line always fits.</summary>
    public const int MaxBody = MaxLength - 1024;

    private static ReadOnlySpan<byte> Head => "{\"crc\":\"00000000\",\"len\":\"00000000\","u8;

    private static ReadOnlySpan<byte> CrcField => "{\"crc\":\""u8;

    private static ReadOnlySpan<byte> LenField => "\",\"len\":\""u8;

    private static ReadOnlySpan<byte> Separator => "\","u8;

    private static ReadOnlySpan<byte> BatchField => "\"batch\":"u8;

    private const int LongestBegin = HeadLength + 8 + 20 + 1; // a batch's field, its longest number, a comma
    private const int CrcStart = 8;
    private const int CoveredStart = CrcStart + 8 + 2; // from "len"
    private const int LenStart = CrcStart + 8 + 9;

    /// <summary>Where the part begins that differs between kinds of lines.</summary>
    public const int HeadLength = LenStart + 8 + 2;

    /// <summary>Begins a line and returns where it begins; <see cref="End"/> fills in what is known only then.</summary>
    public static int Begin(LineBuffer output, long batch)
    {
        int start = output.Length;
        output.Advance(Begin(output.Room(LongestBegin), batch));
        return start;
    }

    /// <summary>Ends the line that began at <paramref name="start"/> and returns its checksum, which the next line begins with.</summary>
    public static uint End(LineBuffer output, int start, uint previousCrc)
    {
        output.Write("}\n"u8);
        return Seal(output.Written[start..], previousCrc);
    }

    /// <summary>What stands before each of a turn's events on its line: made once for all of them.</summary>
    public static byte[] EventHead(TurnId turn) => Encoding.ASCII.GetBytes($"\"turn\":\"{turn.Value}\",\"event\":");

    /// <summary>Writes a turn's event.</summary>
    public static uint WriteEvent(LineBuffer output, long batch, TurnId turn, ReadOnlySpan<byte> json, uint previousCrc) =>
        WriteEvent(output, batch, EventHead(turn), json, previousCrc);

    /// <summary>The same, with the <see cref="EventHead"/> of the turn.</summary>
    public static uint WriteEvent(LineBuffer output, long batch, ReadOnlySpan<byte> eventHead, ReadOnlySpan<byte> json, uint previousCrc)
    {
        // In one piece: of all lines these are nearly all.
        var line = output.Room(LongestBegin + eventHead.Length + json.Length + 2);
        int at = Begin(line, batch);
        eventHead.CopyTo(line[at..]);
        at += eventHead.Length;
        json.CopyTo(line[at..]);
        at += json.Length;
        line[at++] = (byte)'}';
        line[at++] = (byte)'\n';
        output.Advance(at);
        return Seal(line[..at], previousCrc);
    }

    /// <summary>Writes a turn's opening.</summary>
    public static uint WriteOpening(LineBuffer output, long batch, TurnId turn, ReadOnlySpan<byte> opening, uint previousCrc) =>
        WriteObject(output, batch, turn, "\"open\":"u8, opening, previousCrc);

    /// <summary>Writes the end of a batch.</summary>
    public static uint WriteCommit(LineBuffer output, long batch, uint previousCrc) =>
        WriteObject(output, batch, turn: null, "\"commit\":"u8, "true"u8, previousCrc);

    /// <summary>Writes what somebody called a conversation.</summary>
    public static uint WriteTitle(LineBuffer output, long batch, GivenTitle title, uint previousCrc) =>
        WriteObject(output, batch, turn: null, "\"title\":"u8, JsonSerializer.SerializeToUtf8Bytes(title, JournalJson.Default.GivenTitle), previousCrc);

    /// <summary>Writes that a conversation was deleted.</summary>
    public static uint WriteGone(LineBuffer output, long batch, ConversationKey key, uint previousCrc)
    {
        var place = new TurnPlace(key.Tenant, key.Conversation);
        return WriteObject(output, batch, turn: null, "\"gone\":"u8, JsonSerializer.SerializeToUtf8Bytes(place, JournalJson.Default.TurnPlace), previousCrc);
    }

    /// <summary>Writes an object under a name of the line.</summary>
    public static uint WriteObject(LineBuffer output, long batch, TurnId? turn, ReadOnlySpan<byte> field, ReadOnlySpan<byte> json, uint previousCrc)
    {
        int start = Begin(output, batch);
        if (turn is { } id)
            WriteTurn(output, id);
        output.Write(field);
        output.Write(json);
        return End(output, start, previousCrc);
    }

    /// <summary>Checks the line at the start of <paramref name="bytes"/>.</summary>
    public static LineCheck Check(ReadOnlySpan<byte> bytes, uint previousCrc, out int length, out uint crc)
    {
        length = 0;
        crc = 0;
        if (bytes.IsEmpty)
            return LineCheck.End;
        if (bytes.Length < HeadLength)
            return LineCheck.Torn;
        if (!TryReadHead(bytes, out uint expected, out uint stated))
            return LineCheck.Bad;
        if (stated > bytes.Length)
            return LineCheck.Torn;
        var line = bytes[..(int)stated];
        crc = Checksum(previousCrc, line[CoveredStart..]);
        length = (int)stated;
        return line[^1] == '\n' && crc == expected ? LineCheck.Good : LineCheck.Bad;
    }

    /// <summary>
    /// The lines that can still be told in bytes whose chain of checksums is broken: unchecked, and only those that follow a line feed,
    /// which no event contains. For telling a torn tail from damage.
    /// </summary>
    public static List<Range> FindUnchecked(ReadOnlySpan<byte> bytes, bool fromStart)
    {
        var found = new List<Range>();
        int at = fromStart ? 0 : bytes.IndexOf((byte)'\n') + 1;
        while (at < bytes.Length && (at > 0 || fromStart))
        {
            if (bytes.Length - at >= HeadLength && TryReadHead(bytes[at..], out _, out uint stated) && stated <= bytes.Length - at)
                found.Add(at..(at + (int)stated));
            int next = bytes[at..].IndexOf((byte)'\n');
            if (next < 0)
                break;
            at += next + 1;
        }

        return found;
    }

    /// <summary>
    /// With which checksums the line after a bad one may begin: what the bad one says of itself, and what is computed of it. The first is right
    /// if what is wrong is in the rest of the line, the second if it is in the checksum.
    /// </summary>
    public static IEnumerable<uint> ChecksumsAfter(ReadOnlyMemory<byte> bad, uint? previousCrc)
    {
        if (bad.Length < HeadLength)
            yield break;
        if (TryReadHex(bad.Span.Slice(CrcStart, 8), out uint stated))
            yield return stated;
        if (previousCrc is { } previous)
            yield return Checksum(previous, bad.Span[CoveredStart..]);
    }

    private static bool TryReadHead(ReadOnlySpan<byte> bytes, out uint crc, out uint length)
    {
        length = 0;
        return TryReadHex(bytes.Slice(CrcStart, 8), out crc)
            && TryReadHex(bytes.Slice(LenStart, 8), out length)
            && bytes.StartsWith(CrcField)
            && bytes[(CrcStart + 8)..].StartsWith(LenField)
            && bytes[(LenStart + 8)..].StartsWith(Separator)
            && length is >= HeadLength and <= MaxLength;
    }

    private static void WriteTurn(LineBuffer output, TurnId turn)
    {
        output.Write("\"turn\":\""u8);
        output.WriteAscii(turn.Value);
        output.Write("\","u8);
    }

    private static int Begin(Span<byte> into, long batch)
    {
        Head.CopyTo(into);
        if (batch <= 0)
            return HeadLength;
        BatchField.CopyTo(into[HeadLength..]);
        Utf8Formatter.TryFormat(batch, into[(HeadLength + BatchField.Length)..], out int digits);
        int length = HeadLength + BatchField.Length + digits;
        into[length] = (byte)',';
        return length + 1;
    }

    /// <summary>Fills in what is known only once a line is whole.</summary>
    private static uint Seal(Span<byte> line, uint previousCrc)
    {
        WriteHex(line[LenStart..], (uint)line.Length);
        uint crc = Checksum(previousCrc, line[CoveredStart..]);
        WriteHex(line[CrcStart..], crc);
        return crc;
    }

    /// <summary>Writes eight lower-case digits, all at once: a digit is a byte of one long number.</summary>
    private static void WriteHex(Span<byte> into, uint value)
    {
        ulong digits = value;
        digits = ((digits & 0xFFFF_0000) << 16) | (digits & 0xFFFF);
        digits = ((digits & 0x0000_FF00_0000_FF00) << 8) | (digits & 0x0000_00FF_0000_00FF);
        digits = ((digits & 0x00F0_00F0_00F0_00F0) << 4) | (digits & 0x000F_000F_000F_000F);
        ulong letters = ((digits + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101; // 1 where a digit is above 9
        BinaryPrimitives.WriteUInt64BigEndian(into, digits + 0x3030_3030_3030_3030 + (letters * ('a' - '0' - 10)));
    }

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    // Strict: an upper-case digit is a flipped bit.
    private static bool TryReadHex(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        return !text.ContainsAnyExcept(HexDigits)
            && Utf8Parser.TryParse(text, out value, out int consumed, 'x')
            && consumed == text.Length;
    }

    private static uint Checksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte rest in bytes[(bytes.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}

/// <summary>What stands at a place of a journal file.</summary>
internal enum LineCheck
{
    /// <summary>A whole line whose length and checksum are right.</summary>
    Good,

    /// <summary>The end of the file.</summary>
    End,

    /// <summary>Fewer bytes than a line would have.</summary>
    Torn,

    /// <summary>Something else.</summary>
    Bad,
}
