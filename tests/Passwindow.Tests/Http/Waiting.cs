namespace Passwindow.Tests.Http;

/// <summary>Waits for what a test can only look at: a count.</summary>
internal static class Waiting
{
    /// <exception cref="TimeoutException">It did not come within patience.</exception>
    public static async Task ForAsync(Func<bool> holds)
    {
        long from = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(from) > ServerUnderTest.Patience)
                throw new TimeoutException("What was waited for did not come.");
            await Task.Delay(2);
        }
    }
}
