namespace Passwindow.Client;

/// <summary>How a <see cref="PasswindowChatClient"/> deals with the network.</summary>
public sealed class PasswindowChatClientOptions
{
    /// <summary>
    /// How long a call goes on trying to come back to its turn after the connection broke, counted from the last event. After it the call fails
    /// with a <see cref="PasswindowException"/>, whose continuation token brings another call to the same place. Default 30 seconds; zero
    /// does not try.
    /// </summary>
    public TimeSpan ReconnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the first attempt to come back. It doubles with each attempt, up to <see cref="MaxDelay"/>; up to half of it is taken off at random. Default 200 ms.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause between two attempts. Default 5 seconds.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The silence after which a connection counts as dead. The server sends a comment after 10 seconds without an event, so less than that cuts
    /// healthy ones. Default 25 seconds.
    /// </summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Whether cancelling a call stops its turn, so that no more is generated. Otherwise the turn goes on for as long as the server lets it without a
    /// viewer (<c>Linger</c>), and can be come back to. Default true, but for calls with <c>AllowBackgroundResponses</c>.
    /// </summary>
    public bool StopsOnCancellation { get; set; } = true;

    /// <summary>The clock. Default that of the machine.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;
}
