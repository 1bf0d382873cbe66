using System.Buffers;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Viewers;

namespace Passwindow.Http.Dialects.OpenAIResponses;

/// <summary>A response for a client that does not stream: a writer whose events go nowhere and whose object is sent at the end.</summary>
internal sealed class ResponseAnswer(FrameContext context) : IFrameWriter
{
    private readonly DiscardedBytes _nowhere = new();

    /// <summary>Who knows the response.</summary>
    public OpenAIResponsesFrameWriter Writer { get; } = new(context, startingAfter: long.MaxValue);

    /// <summary>Why there is no answer; null if there is one.</summary>
    public OpenAIChatFailure? Failure { get; private set; }

    public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
    {
        Writer.Write(committed, _nowhere);
        var json = committed.Json.Span;
        if (committed.Type == EventType.Error)
            Failure = OpenAIChatFailure.Of(json);
        else if (committed.Type == EventType.Done && EventJson.GetString(json, "finish_reason"u8) == Words.Of(FinishReason.Interrupted))
            Failure ??= new OpenAIChatFailure(ErrorCode.ShuttingDown, Words.Of(ErrorCode.ShuttingDown), OpenAIErrorJson.EndMessage("interrupted"), IsRetryable: false);
    }

    /// <summary>Nothing: a byte sent now would decide the status, which only the end knows.</summary>
    public void WriteHeartbeat(IBufferWriter<byte> output)
    {
    }

    public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => Failure = OpenAIChatFailure.Of(NoticeJson.Error(notice));
}
