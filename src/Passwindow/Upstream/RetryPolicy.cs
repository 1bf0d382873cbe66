using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// When a model that failed before its first token is asked again. Only here: nothing below asks twice, so that the requests of a turn can
/// be counted.
/// </summary>
/// <param name="MaxRetries">How often one model is asked again for one answer.</param>
/// <param name="FirstWait">The wait before the first retry; each further one is twice as long. A random part, up to half, is taken off.</param>
/// <param name="LongestWait">What one answer waits is less than this, all retries and all models together.</param>
internal sealed record RetryPolicy(int MaxRetries, TimeSpan FirstWait, TimeSpan LongestWait)
{
    /// <summary>500 ms, then 1 s; 30 s in all, because a person sits in front of the answer.</summary>
    public static RetryPolicy Of(int maxRetries) => new(maxRetries, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    /// <summary>How long to wait before the model is asked again; null if it is not asked again.</summary>
    /// <param name="failure">What it failed with.</param>
    /// <param name="retries">How often it was asked again already.</param>
    /// <param name="waited">How long the answer has waited already.</param>
    public TimeSpan? WaitAfter(UpstreamException failure, int retries, TimeSpan waited)
    {
        if (retries >= MaxRetries || !failure.IsRetryable || failure.WasLeftUnanswered)
            return null;
        if (failure.Code is not (ErrorCode.UpstreamUnavailable or ErrorCode.UpstreamRateLimited))
            return null;
        var wait = failure.RetryAfter ?? FirstWait * (1 << retries) * (1 - (Random.Shared.NextDouble() / 2));
        return waited + wait < LongestWait ? wait : null;
    }

    /// <summary>Whether another model may do better. A request that was refused would be refused there too, or ought to be looked at.</summary>
    public static bool MayFailOver(UpstreamException failure) => failure.IsRetryable
        && failure.Code is ErrorCode.UpstreamUnavailable or ErrorCode.UpstreamRateLimited or ErrorCode.UpstreamTimeout or ErrorCode.UpstreamTruncated;
}
