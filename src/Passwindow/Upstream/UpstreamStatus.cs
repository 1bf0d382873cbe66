using System.Net;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>What a provider's HTTP status means for a turn.</summary>
internal static class UpstreamStatus
{
    /// <summary>The failure that a status other than 2xx stands for. The words are ours: a provider's text may hold anything.</summary>
    public static UpstreamException ToException(HttpStatusCode status, string? detail, TimeSpan? retryAfter)
    {
        var (code, retryable, message) = (int)status switch
        {
            // RFC 9110, section 15.4. Following one would take the key to a host that nobody configured.
            >= 300 and < 400 => (ErrorCode.UpstreamRefused, false, "The provider's address leads elsewhere. Check the provider's BaseUrl."),
            401 or 403 => (ErrorCode.UpstreamRefused, false, "The provider refused our key. Check the provider's ApiKey."),
            402 => (ErrorCode.UpstreamRefused, false, "The provider asks for payment. Check the account with the provider."),
            404 or 405 => (ErrorCode.UpstreamRefused, false, "The provider does not know this model or address. Check the model's name and the provider's BaseUrl."),
            408 or 425 => (ErrorCode.UpstreamRefused, true, "The provider gave up waiting for the request. Try again."),
            413 => (ErrorCode.UpstreamRefused, false, "The conversation is too large for the provider. Start a new one or shorten the message."),
            429 => (ErrorCode.UpstreamRateLimited, true, "The provider wants us to slow down. Try again in a moment."),
            >= 400 and < 500 => (ErrorCode.UpstreamRefused, false, "The provider refused the request. Change the message or choose another model."),

            // 529 is what some providers say for "overloaded".
            >= 500 and < 600 => (ErrorCode.UpstreamUnavailable, true, "The provider has trouble right now. Try again in a moment."),
            _ => (ErrorCode.UpstreamMalformed, false, "The provider gave an answer that makes no sense. Check the provider's BaseUrl."),
        };
        return new UpstreamException(code, message, retryable) { Detail = $"HTTP {(int)status}: {detail}", RetryAfter = retryAfter };
    }
}
