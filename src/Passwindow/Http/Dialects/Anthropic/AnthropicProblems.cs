using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Passwindow.Http.Dialects.OpenAIChat;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Dialects.OpenAIChat;

namespace Passwindow.Http.Dialects.Anthropic;

/// <summary>Problems in Anthropic's form, with its statuses: who is overloaded says 529 there, not 503.</summary>
internal static class AnthropicProblems
{
    private const int Overloaded = 529;
    private const string RequestId = "request-id";

    /// <summary>A turn that failed, as the status of a response that had not begun.</summary>
    public static Problem Of(TurnOpening turn, OpenAIChatFailure failure) => OpenAIProblems.Of(turn, failure);

    public static async Task WriteAsync(Problem problem, HttpContext context)
    {
        var response = context.Response;
        string id = problem.Members.GetValueOrDefault(OpenAIProblems.RequestId) ?? context.TraceIdentifier;
        response.Clear();
        response.Headers.XContentTypeOptions = "nosniff";
        response.StatusCode = problem.Status == StatusCodes.Status503ServiceUnavailable ? Overloaded : problem.Status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers[RequestId] = id;
        if (problem.Members.TryGetValue(OpenAIProblems.ShouldRetry, out string? retry))
            response.Headers[OpenAIProblems.ShouldRetry] = retry;
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var body = new ArrayBufferWriter<byte>();
        AnthropicErrorJson.Write(body, TypeOf(problem.Status), problem.Message, problem.Code, id);
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status503ServiceUnavailable => "overloaded_error",
        StatusCodes.Status504GatewayTimeout => "timeout_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
