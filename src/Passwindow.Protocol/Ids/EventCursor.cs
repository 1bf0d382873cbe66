using System.Globalization;

namespace Passwindow.Protocol;

/// <summary>
/// A place in a turn: the last event somebody saw. On the wire it is <c>TURN:SEQ</c>, the <c>id:</c> of a native frame and the
/// value of <c>Last-Event-ID</c>.
/// </summary>
/// <param name="Turn">The turn.</param>
/// <param name="Seq">The last event seen; 0 is the place before the first.</param>
public readonly record struct EventCursor(TurnId Turn, long Seq)
{
    /// <summary>Reads <c>TURN:SEQ</c>; false for anything else, also for a sign, a space or a number over 2^63-1.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EventCursor cursor)
    {
        cursor = default;
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !Identifier.IsValid(text[..colon]) || !TryParseSeq(text[(colon + 1)..], out long seq))
            return false;
        cursor = new EventCursor(new TurnId(text[..colon].ToString()), seq);
        return true;
    }

    /// <summary>Reads a sequence number as <c>?after=</c> carries it: digits only.</summary>
    public static bool TryParseSeq(ReadOnlySpan<char> text, out long seq)
    {
        // TryParse would also take trailing NULs, whatever the style says.
        seq = 0;
        return !text.Contains('\0') && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seq);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Turn.Value}:{Seq}");
}
