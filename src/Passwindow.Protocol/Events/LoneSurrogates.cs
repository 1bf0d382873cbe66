using System.Globalization;

namespace Passwindow.Protocol;

/// <summary>
/// Half of a surrogate pair, escaped: <c>"\ud83d"</c> is allowed by JSON's grammar and means no character (RFC 8259, section 8.2).
/// Models write it when they are cut inside an emoji; strict readers, .NET's and PostgreSQL's among them, then refuse the whole text.
/// </summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>The same JSON with every lone half as <c>\ufffd</c>; the very same memory if it has none.</summary>
    public static ReadOnlySpan<byte> Mend(ReadOnlySpan<byte> json)
    {
        byte[]? mended = null;
        int at = 0;

        // A backslash stands in JSON only within a string, and begins an escape there.
        while (json[at..].IndexOf((byte)'\\') is var skipped and >= 0)
        {
            at += skipped;
            int step = 2;
            if (TryReadUnit(json[at..], out char unit))
            {
                step = EscapeLength;
                if (char.IsHighSurrogate(unit) && TryReadUnit(json[(at + EscapeLength)..], out char low) && char.IsLowSurrogate(low))
                    step = 2 * EscapeLength;
                else if (char.IsSurrogate(unit))
                    "\\ufffd"u8.CopyTo((mended ??= json.ToArray()).AsSpan(at));
            }

            at = Math.Min(at + step, json.Length);
        }

        return mended is null ? json : mended;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        if (escape.Length < EscapeLength || escape[0] != '\\' || escape[1] != 'u'
            || !ushort.TryParse(escape[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value))
            return false;
        unit = (char)value;
        return true;
    }
}
