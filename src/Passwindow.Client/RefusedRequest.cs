using System.Text.Json;

namespace Passwindow.Client;

/// <summary>Reads why a request was refused: a problem document (RFC 9457) with a <c>code</c>, or whatever a proxy says.</summary>
internal static class RefusedRequest
{
    private const int MaxBytes = 64 * 1024;

    public static async Task<PasswindowException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var (code, detail) = await ReadAsync(response, cancellation);
        return new PasswindowException(code ?? "refused", detail ?? $"The server answered {(int)response.StatusCode}.")
        {
            StatusCode = response.StatusCode,
            RetryAfter = RetryAfter(response, time),
            IsRetryable = (int)response.StatusCode is 429 or >= 500,
        };
    }

    /// <summary>When the server wants to be asked again (RFC 9110, section 10.2.3).</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };

    private static async Task<(string? Code, string? Detail)> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json" || response.Content.Headers.ContentLength > MaxBytes)
            return (null, null);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            string? text(string name) => document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return (text("code"), text("detail"));
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidOperationException)
        {
            return (null, null);
        }
    }
}
