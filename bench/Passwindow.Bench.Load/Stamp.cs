using System.Buffers.Text;

namespace Passwindow.Bench.Load;

/// <summary>
/// The text of a token: <c>@</c>, the time of sending in nanoseconds of the monotonic clock (19 digits), <c>#</c>, the token's number within its turn (7 digits), <c>;</c>.
/// No dialect escapes any of it, so it is found in every dialect's frames, and its width is fixed, so that a frame is written once and only its digits change.
/// </summary>
internal static class Stamp
{
    public const int Length = NumberAt + NumberDigits + 1;
    public const byte Mark = (byte)'@';
    public const string Blank = "@0000000000000000000#0000000;";

    private const int TimeAt = 1;
    private const int TimeDigits = 19;
    private const int NumberAt = TimeAt + TimeDigits + 1;
    private const int NumberDigits = 7;

    public static void WriteTime(Span<byte> stamp, long time) => Utf8Formatter.TryFormat(time, stamp[TimeAt..], out _, new('D', TimeDigits));

    /// <summary>The time of another stamp, for tokens that leave together.</summary>
    public static void CopyTime(ReadOnlySpan<byte> from, Span<byte> to) => from.Slice(TimeAt, TimeDigits).CopyTo(to[TimeAt..]);

    public static void WriteNumber(Span<byte> stamp, int number)
    {
        for (int at = NumberAt + NumberDigits - 1; at >= NumberAt; at--, number /= 10)
            stamp[at] = (byte)('0' + (number % 10));
    }

    /// <summary>Reads one; false if these bytes only begin like one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> stamp, out long time, out int number)
    {
        time = 0;
        number = 0;
        if (stamp[NumberAt - 1] != '#' || stamp[Length - 1] != ';')
            return false;
        foreach (byte digit in stamp.Slice(TimeAt, TimeDigits))
            time = (time * 10) + (digit - '0');
        foreach (byte digit in stamp.Slice(NumberAt, NumberDigits))
            number = (number * 10) + (digit - '0');
        return true;
    }
}
