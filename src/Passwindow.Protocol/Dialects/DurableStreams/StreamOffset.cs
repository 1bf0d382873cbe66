using System.Globalization;

namespace Passwindow.Protocol.Dialects.DurableStreams;

/// <summary>
/// A place in a turn as the Durable Streams protocol names it: opaque to clients, and in the order of its characters. It spells how many events are before it.
/// </summary>
public static class StreamOffset
{
    /// <summary>How many characters an offset has.</summary>
    public const int Length = 16;

    /// <summary>The offset behind an event.</summary>
    public static string Of(long seq) => seq.ToString("D16", CultureInfo.InvariantCulture);

    /// <summary>Reads one; false for what was never given out, the sentinels <c>-1</c> and <c>now</c> too.</summary>
    public static bool TryParse(string? text, out long seq)
    {
        seq = 0;
        return text?.Length == Length && EventCursor.TryParseSeq(text, out seq);
    }
}
