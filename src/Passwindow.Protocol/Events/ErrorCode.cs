using System.Text.Json.Serialization;

namespace Passwindow.Protocol;

/// <summary>What went wrong: the <c>code</c> of an <c>error</c> event.</summary>
[JsonConverter(typeof(SnakeCase<ErrorCode>))]
public enum ErrorCode
{
    /// <summary>The upstream could not be reached, or answered with a 5xx.</summary>
    UpstreamUnavailable,

    /// <summary>The upstream refused the request (their 4xx).</summary>
    UpstreamRefused,

    /// <summary>The upstream has had enough of us for now (their 429).</summary>
    UpstreamRateLimited,

    /// <summary>The first token, the next token or the end did not come in time.</summary>
    UpstreamTimeout,

    /// <summary>The stream broke off before its own end marker.</summary>
    UpstreamTruncated,

    /// <summary>What came is not what the provider's API says.</summary>
    UpstreamMalformed,

    /// <summary>A tool failed in a way that the turn cannot go on from.</summary>
    ToolFailed,

    /// <summary>The event could not be made durable, so it was not shown.</summary>
    JournalUnavailable,

    /// <summary>The events asked for cannot be given without a hole.</summary>
    Gap,

    /// <summary>Access was revoked while the response was open.</summary>
    Unauthorized,

    /// <summary>The server is going down.</summary>
    ShuttingDown,

    /// <summary>A fault of ours.</summary>
    Internal,
}
