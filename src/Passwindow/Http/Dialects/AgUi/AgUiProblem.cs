using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Passwindow.Http.Dialects.AgUi;

/// <summary>
/// A refusal before the run has begun. AG-UI leaves the body open; its client reads one that is plain <c>application/json</c> into the error it throws.
/// </summary>
internal static class AgUiProblem
{
    public static async Task WriteAsync(Problem problem, HttpContext context)
    {
        var response = context.Response;
        response.Clear();
        response.Headers.XContentTypeOptions = "nosniff";
        response.StatusCode = problem.Status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await using var json = ResponseJson.To(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("code"u8, problem.Code);
        json.WriteString("message"u8, problem.Message);
        foreach (var (name, value) in problem.Members)
            json.WriteString(name, value);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
