using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>A turn that failed, as the status of a response that had not begun.</summary>
internal static class UpstreamProblem
{
    public static Problem Of(TurnOpening turn, ErrorCode code, string message) => new(StatusOf(code), Words.Of(code), message)
    {
        Members = new Dictionary<string, string> { ["turn_id"] = turn.Turn.Value, ["conversation_id"] = turn.Conversation.Value },
        RetryAfter = code is ErrorCode.ShuttingDown or ErrorCode.JournalUnavailable ? TimeSpan.FromSeconds(5) : null,
    };

    private static int StatusOf(ErrorCode code) => code switch
    {
        ErrorCode.UpstreamTimeout => StatusCodes.Status504GatewayTimeout,
        ErrorCode.JournalUnavailable or ErrorCode.ShuttingDown => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.Internal => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status502BadGateway,
    };
}
