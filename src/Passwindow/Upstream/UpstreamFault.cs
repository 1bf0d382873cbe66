using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>What a failing connection means for a turn.</summary>
internal static class UpstreamFault
{
    /// <summary>The request failed before an answer began.</summary>
    public static UpstreamException BeforeAnswer(Exception thrown) => (thrown as HttpRequestException)?.HttpRequestError switch
    {
        // A certificate does not become right by asking again. Why it is wrong is for the log.
        HttpRequestError.SecureConnectionError =>
            new(ErrorCode.UpstreamUnavailable, "No secure connection to the provider. Check its certificate and the provider's BaseUrl.", retryable: false, thrown),
        HttpRequestError.ConfigurationLimitExceeded or HttpRequestError.InvalidResponse => Malformed(thrown),

        // The wish to send it failed, not the sending: HttpClient tells a connect timeout as a cancellation.
        null when thrown is not (IOException or OperationCanceledException) =>
            new(ErrorCode.Internal, "The request could not be made. Look into the server's log.", retryable: false, thrown),
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError => Unreachable(thrown, mayBeServed: false),
        _ when thrown is OperationCanceledException => Unreachable(thrown, mayBeServed: false), // the connect timeout
        _ => Unreachable(thrown, mayBeServed: true),
    };

    private static UpstreamException Unreachable(Exception thrown, bool mayBeServed) =>
        new(ErrorCode.UpstreamUnavailable, "The provider cannot be reached. Try again in a moment.", retryable: true, thrown) { WasLeftUnanswered = mayBeServed };

    /// <summary>The answer's body failed while it was read.</summary>
    public static UpstreamException WithinAnswer(Exception thrown) => (thrown as HttpIOException)?.HttpRequestError switch
    {
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => Malformed(thrown),
        _ => new(ErrorCode.UpstreamTruncated, "The answer broke off. Try again.", retryable: true, thrown),
    };

    /// <summary>What came is not what the provider's API says.</summary>
    public static UpstreamException Malformed(Exception? thrown = null, string? detail = null) =>
        new(ErrorCode.UpstreamMalformed, "The provider's answer cannot be read. Check the provider's Type and BaseUrl.", retryable: false, thrown) { Detail = detail };
}
