namespace Passwindow.Client;

/// <summary>When to try again: pauses that double, with jitter, until too much time has passed without an event.</summary>
internal sealed class Reconnection(PasswindowChatClientOptions options, Func<double>? random = null)
{
    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;
    private long _since = options.TimeProvider.GetTimestamp();
    private int _attempts;

    /// <summary>An event came: what was lost before counts no more.</summary>
    public void Progress()
    {
        _since = options.TimeProvider.GetTimestamp();
        _attempts = 0;
    }

    /// <summary>Waits before the next attempt; false if there is to be none.</summary>
    /// <param name="atLeast">What the server asked for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<bool> WaitAsync(TimeSpan? atLeast, CancellationToken cancellation)
    {
        var pause = TimeSpan.FromTicks((long)Math.Min(options.MaxDelay.Ticks, options.FirstDelay.Ticks * Math.Pow(2, _attempts++)));
        pause -= pause * (_random() / 2);
        if (atLeast > pause)
            pause = atLeast.Value;
        if (options.TimeProvider.GetElapsedTime(_since) + pause > options.ReconnectTimeout)
            return false;
        await Task.Delay(pause, options.TimeProvider, cancellation);
        return true;
    }
}
