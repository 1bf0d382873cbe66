using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIChat;

namespace Passwindow.Http.Dialects.OpenAIChat;

/// <summary>
/// Problems in the form of OpenAI's APIs. <c>x-should-retry: false</c> stands where another try cannot help: their SDKs would else send every
/// 409 and 5xx again, which begins and pays another turn.
/// </summary>
internal static class OpenAIProblems
{
    /// <summary>The member of a <see cref="Problem"/> that names the wrong field.</summary>
    public const string Param = "param";

    /// <summary>The member, and the header, that names the request.</summary>
    public const string RequestId = "x-request-id";

    /// <summary>The member, and the header, that keeps the SDKs from trying again.</summary>
    public const string ShouldRetry = "x-should-retry";

    public static Problem Of(RequestException wrong)
    {
        var members = new Dictionary<string, string>();
        if (wrong.Param is { } param)
            members[Param] = param;
        return new Problem(StatusCodes.Status400BadRequest, "invalid_request", wrong.Message) { Members = members };
    }

    /// <summary>A turn that failed, as the status of a response that had not begun.</summary>
    public static Problem Of(TurnOpening turn, OpenAIChatFailure failure)
    {
        bool isLimited = failure.Code == ErrorCode.UpstreamRateLimited;
        var problem = failure.Code is { } code ? UpstreamProblem.Of(turn, code, failure.Message) : new Problem(StatusCodes.Status409Conflict, failure.Word, failure.Message);
        var members = new Dictionary<string, string> { [RequestId] = turn.Turn.Value };
        if (!failure.IsRetryable)
            members[ShouldRetry] = "false";
        return new Problem(isLimited ? StatusCodes.Status429TooManyRequests : problem.Status, problem.Code, problem.Message)
        {
            Members = members,
            RetryAfter = isLimited ? TimeSpan.FromSeconds(5) : problem.RetryAfter,
        };
    }

    public static async Task WriteAsync(Problem problem, HttpContext context)
    {
        var response = context.Response;
        response.Clear();
        response.Headers.XContentTypeOptions = "nosniff";
        response.StatusCode = problem.Status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers[RequestId] = problem.Members.GetValueOrDefault(RequestId) ?? context.TraceIdentifier;
        if (problem.Members.TryGetValue(ShouldRetry, out string? retry))
            response.Headers[ShouldRetry] = retry;
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var body = new ArrayBufferWriter<byte>();
        OpenAIErrorJson.Write(body, problem.Message, TypeOf(problem.Status), problem.Code, problem.Members.GetValueOrDefault(Param));
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
