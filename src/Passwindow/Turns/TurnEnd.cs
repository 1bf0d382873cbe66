using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Turns;

/// <summary>How a turn ends: the reason in its <c>done</c>, and the <c>error</c> before it, if there is one.</summary>
internal sealed record TurnEnd(FinishReason Reason, ErrorCode? Code = null, string Message = "", bool Retryable = false)
{
    /// <summary>What the provider said of the end of the last answer, where that is the turn's end; null where it is not.</summary>
    public AnswerEnded? Answer { get; init; }

    public static TurnEnd Of(FinishReason reason) => new(reason);

    public static TurnEnd Of(AnswerEnded answer) => new(answer.Reason) { Answer = answer };

    public static TurnEnd Of(UpstreamException failure) => new(FinishReason.Error, failure.Code, failure.Message, failure.IsRetryable);

    /// <summary>A fault of ours: what it was stands in the log, never on the wire.</summary>
    public static TurnEnd Fault { get; } = new(FinishReason.Error, ErrorCode.Internal, "Something went wrong on our side.", Retryable: true);

    public static TurnEnd Of(CancelReason reason) => reason switch
    {
        CancelReason.Stopped => Of(FinishReason.Stopped),
        CancelReason.Abandoned => Of(FinishReason.Abandoned),
        CancelReason.TokenTimeout => Timeout("The model fell silent in the middle of its answer."),
        CancelReason.TurnTimeout => Timeout("The answer took longer than is allowed."),
        CancelReason.ShuttingDown => new(FinishReason.Interrupted, ErrorCode.ShuttingDown, "The server is going down. Ask again in a moment.", Retryable: true),
        _ => Fault,
    };

    private static TurnEnd Timeout(string message) => new(FinishReason.Error, ErrorCode.UpstreamTimeout, message, Retryable: true);
}
