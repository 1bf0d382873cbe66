using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Passwindow.Http;

/// <summary>A refusal before the response has begun: a status and a problem document (RFC 9457) with a <c>code</c>.</summary>
internal sealed class Problem(int status, string code, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>When to come back, for 429 and 503.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further members of the document.</summary>
    public IReadOnlyDictionary<string, string> Members { get; init; } = new Dictionary<string, string>();

    public static Problem Invalid(string detail) => new(StatusCodes.Status400BadRequest, "invalid_request", detail);

    /// <summary>The same for what does not exist and for what belongs to another tenant (promise 7).</summary>
    public static Problem NotFound() => new(StatusCodes.Status404NotFound, "not_found", "There is nothing of that id.");

    public static Problem Forbidden(string detail) => new(StatusCodes.Status403Forbidden, "forbidden", detail);

    /// <summary>Begins the response, whatever the form of its body.</summary>
    public void Begin(HttpResponse response, string contentType)
    {
        response.Clear();
        response.Headers.XContentTypeOptions = "nosniff";
        response.StatusCode = Status;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        Begin(response, "application/problem+json");
        await using var json = ResponseJson.To(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type"u8, "about:blank"u8);
        json.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(Status));
        json.WriteNumber("status"u8, Status);
        json.WriteString("detail"u8, Message);
        json.WriteString("code"u8, Code);
        foreach (var (name, value) in Members)
            json.WriteString(name, value);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
