namespace Passwindow.Protocol.Dialects.DurableStreams;

/// <summary>
/// The cursor of the Durable Streams protocol: the number of 20-second intervals since 2024-10-09, which clients send back. It never stays behind what a client sends, so that
/// no cache answers the same request for ever.
/// </summary>
public static class StreamCursor
{
    private static readonly DateTimeOffset Epoch = new(2024, 10, 9, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    /// <summary>The cursor of a moment.</summary>
    public static long At(DateTimeOffset time) => Math.Max(0, (time - Epoch).Ticks / Interval.Ticks);

    /// <summary>The cursor for a client that sent one: a later one than that.</summary>
    /// <param name="time">Now.</param>
    /// <param name="sent">What it sent; null for nothing, or nothing that is a cursor.</param>
    /// <param name="jitter">From 0 to 1: how far, of at most an hour, it is put ahead where the client is not behind already.</param>
    public static long After(DateTimeOffset time, long? sent, double jitter)
    {
        long now = At(time);
        return sent is not { } given || given < now ? now : given + 1 + (long)(jitter * (TimeSpan.FromHours(1) / Interval - 1));
    }
}
