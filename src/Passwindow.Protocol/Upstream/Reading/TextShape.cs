namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// The shape of the last event, if it held a piece of text and nothing else. A provider spells event after event alike but for the text in the
/// middle: the next one that begins and ends with the same bytes holds a piece of text and nothing else again, and need not be parsed to know it.
/// </summary>
/// <remarks>
/// Only text without an escape is taken so, because then it is the inside of a JSON string that needs no unescaping, and nothing in it can
/// end that string. An event that differs anywhere else is parsed, and its own shape is learned.
/// </remarks>
internal struct TextShape()
{
    private const int MostBytes = 2048;

    private byte[] _around = [];
    private int _before;
    private int _after;

    private readonly ReadOnlySpan<byte> Before => _around.AsSpan(0, _before);

    private readonly ReadOnlySpan<byte> After => _around.AsSpan(_before, _after);

    /// <summary>Gives the text of an event of this shape; false, and none, for any other.</summary>
    public readonly bool TryRead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_before == 0 || data.Length <= _before + _after || !data.StartsWith(Before) || !data.EndsWith(After))
            return false;
        var inside = data[_before..^_after];
        if (!IsPlain(inside))
            return false;
        text = inside;
        return true;
    }

    /// <summary>Nothing is known of the next event.</summary>
    public void Forget() => _before = 0;

    /// <summary>Learns the shape of an event that held <paramref name="text"/> and nothing else, if it shows where that stands.</summary>
    public void Learn(ReadOnlySpan<byte> data, ReadOnlySpan<byte> text)
    {
        Forget();

        // Without a backslash the text stands there as it is. If it stands there once, between quotes, then that is where.
        if (data.Length > MostBytes || data.Contains((byte)'\\') || !IsPlain(text))
            return;
        int at = Find(data, text);
        if (at < 0 || Find(data[(at + 1)..], text) >= 0)
            return;
        var after = data[(at + text.Length)..];
        if (_around.Length < at + after.Length)
            _around = new byte[at + after.Length];
        data[..at].CopyTo(_around);
        after.CopyTo(_around.AsSpan(at));
        (_before, _after) = (at, after.Length);
    }

    private static int Find(ReadOnlySpan<byte> data, ReadOnlySpan<byte> text)
    {
        for (int from = 0; ;)
        {
            int found = data[from..].IndexOf(text);
            if (found < 0)
                return -1;
            int at = from + found;
            if (at > 0 && data[at - 1] == '"' && at + text.Length < data.Length && data[at + text.Length] == '"')
                return at;
            from = at + 1;
        }
    }

    // RFC 8259, section 7: a string ends at a quotation mark, a backslash escapes, and what is below a space must be escaped.
    private static bool IsPlain(ReadOnlySpan<byte> text) => !text.ContainsAny((byte)'"', (byte)'\\') && !text.ContainsAnyInRange((byte)0, (byte)0x1F);
}
