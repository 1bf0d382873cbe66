using System.Buffers;
using System.Globalization;
using System.Text;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// Unescapes the JSON strings of one run of text. Providers cut text between tokens, and so in the middle of an escaped surrogate pair:
/// the first half is held until the next piece brings the second. A half that stays alone becomes U+FFFD.
/// </summary>
internal sealed class SurrogateJoiner
{
    private char _high;

    /// <summary>Unescapes one string that stands for itself.</summary>
    public static void Unescape(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var joiner = new SurrogateJoiner();
        joiner.Append(text, output);
        joiner.Flush(output);
    }

    /// <summary>Adds what <paramref name="text"/> says; it is the inside of a JSON string that has been checked.</summary>
    public void Append(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            int run = text.IndexOf((byte)'\\');
            if (run != 0)
            {
                run = run < 0 ? text.Length : run;
                Flush(output);
                output.Write(text[..run]);
                text = text[run..];
            }
            else if (text[1] == 'u')
            {
                Put((char)ushort.Parse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), output);
                text = text[6..];
            }
            else
            {
                Flush(output);
                Write(new Rune(Unescaped(text[1])), output);
                text = text[2..];
            }
        }
    }

    /// <summary>No other half will come.</summary>
    public void Flush(IBufferWriter<byte> output)
    {
        if (_high == 0)
            return;
        _high = '\0';
        Write(Rune.ReplacementChar, output);
    }

    private void Put(char unit, IBufferWriter<byte> output)
    {
        if (char.IsLowSurrogate(unit) && _high != 0)
        {
            Write(new Rune(_high, unit), output);
            _high = '\0';
            return;
        }

        Flush(output);
        if (char.IsHighSurrogate(unit))
            _high = unit;
        else
            Write(char.IsLowSurrogate(unit) ? Rune.ReplacementChar : new Rune(unit), output);
    }

    private static void Write(Rune rune, IBufferWriter<byte> output) => output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));

    private static char Unescaped(byte letter) => letter switch
    {
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        _ => (char)letter,
    };
}
