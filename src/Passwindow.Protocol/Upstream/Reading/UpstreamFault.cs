using System.Text;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>The failures that reading an answer can end in. Their messages are ours; what the provider said goes to the log.</summary>
internal static class UpstreamFault
{
    private const int MaxDetailBytes = 4096;

    public static UpstreamException Malformed(string message, Exception? inner = null) =>
        new(ErrorCode.UpstreamMalformed, message, retryable: true, inner);

    public static UpstreamException Malformed(Exception inner) =>
        Malformed("The model's provider sent something that its API does not know.", inner);

    public static UpstreamException Truncated() =>
        new(ErrorCode.UpstreamTruncated, "The model's answer broke off.", retryable: true);

    /// <summary>Reads an error that a provider put into its answer: by status if it names one, else by its words.</summary>
    /// <param name="error">The value of <c>error</c>: an object, a string or anything else.</param>
    public static UpstreamException Reported(ReadOnlySpan<byte> error)
    {
        ReadOnlySpan<byte> type = default, code = default, status = default, statusCode = default;
        if (JsonSlice.IsObject(error))
        {
            var fields = new JsonFields(error);
            while (fields.MoveNext())
            {
                _ = fields.Take("type"u8, ref type) || fields.Take("code"u8, ref code)
                    || fields.Take("status"u8, ref status) || fields.Take("status_code"u8, ref statusCode);
            }
        }

        string detail = Encoding.UTF8.GetString(error[..Math.Min(error.Length, MaxDetailBytes)]);
        string words = $"{JsonSlice.Text(type)} {JsonSlice.Text(code)} {JsonSlice.Text(status)}".ToLowerInvariant();
        return (Status(statusCode) ?? Status(code) ?? Status(status) ?? Status(type)) switch
        {
            429 => RateLimited(words, detail),
            >= 400 and < 500 => Refused(detail),
            not null => Unavailable(detail),
            null when Holds(words, "rate_limit", "too_many_requests", "quota", "throttl", "resource_exhausted") => RateLimited(words, detail),
            null when Holds(words, "invalid", "authentication", "permission", "not_found", "too_large", "billing", "context_length", "content_policy", "unsupported") => Refused(detail),
            null => Unavailable(detail),
        };
    }

    // A number, or a string that spells one; both are in use for HTTP statuses.
    private static long? Status(ReadOnlySpan<byte> value) =>
        JsonSlice.Number(JsonSlice.IsString(value) ? value[1..^1] : value) is { } status and >= 400 and < 600 ? status : null;

    private static bool Holds(string words, params ReadOnlySpan<string> some)
    {
        foreach (string word in some)
        {
            if (words.Contains(word, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // A quota that is used up does not come back within a turn.
    private static UpstreamException RateLimited(string words, string detail) =>
        new(ErrorCode.UpstreamRateLimited, "The model's provider takes no more requests for now.", retryable: !Holds(words, "quota")) { Detail = detail };

    private static UpstreamException Refused(string detail) =>
        new(ErrorCode.UpstreamRefused, "The model's provider refused the request.", retryable: false) { Detail = detail };

    private static UpstreamException Unavailable(string detail) =>
        new(ErrorCode.UpstreamUnavailable, "The model's provider reported a failure.", retryable: true) { Detail = detail };
}
