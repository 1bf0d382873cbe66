namespace Passwindow.Bench.Load;

/// <summary>How fast a turn's tokens come, where it is not a number of tokens a second.</summary>
internal static class Pace
{
    /// <summary>The first token at once, then silence.</summary>
    public const int Silent = 0;

    /// <summary>As fast as the socket takes them.</summary>
    public const int FlatOut = -1;
}
