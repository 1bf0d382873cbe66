namespace Passwindow.Protocol.Upstream;

/// <summary>The upstream failed in a way that has a code.</summary>
/// <param name="code">Which.</param>
/// <param name="message">In words safe to show to the viewer: never the provider's own text, which may hold anything.</param>
/// <param name="retryable">Whether the same request may succeed later.</param>
/// <param name="innerException">What caused it, for the log.</param>
public sealed class UpstreamException(ErrorCode code, string message, bool retryable, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Which failure.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsRetryable { get; } = retryable;

    /// <summary>What the provider itself said, for the log at Debug; null if it said nothing.</summary>
    public string? Detail { get; init; }

    /// <summary>
    /// Whether the request was sent and the connection ended without an answer. Nobody knows whether the provider served it, and it may
    /// have cost money: the same provider is not asked again.
    /// </summary>
    public bool WasLeftUnanswered { get; init; }

    /// <summary>How long the provider asked us to wait (<c>Retry-After</c>); null if it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
