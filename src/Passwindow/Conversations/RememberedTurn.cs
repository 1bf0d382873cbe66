using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Conversations;

/// <summary>What a model is told of one earlier turn.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Messages">The question, and what the model said, called and was given; <see cref="History"/> makes them fit for a provider.</param>
/// <param name="Bytes">What the texts take in memory, with what is around them.</param>
/// <param name="HasEnded">Whether the turn had ended, so that this is all of it.</param>
internal sealed record RememberedTurn(TurnId Turn, IReadOnlyList<ChatMessage> Messages, long Bytes, bool HasEnded)
{
    private const int BytesAround = 512;

    public static async Task<RememberedTurn> ReadAsync(ITurnReader turn, CancellationToken cancellation)
    {
        bool hasEnded = turn.HasEnded; // before the events are read: then they are all there
        var messages = await TurnMessages.ReadAsync(turn, cancellation);
        return new RememberedTurn(turn.Opening.Turn, messages, messages.Sum(BytesOf), hasEnded);
    }

    private static long BytesOf(ChatMessage message) => BytesAround + message.Parts.Sum(static part => part switch
    {
        TextPart text => 2L * text.Text.Length,
        ImagePart image => 2L * image.Url.Length,
        ReasoningPart reasoning => 2L * (reasoning.Text.Length + (reasoning.Signature?.Length ?? 0) + (reasoning.Redacted?.Length ?? 0)),
        ToolCallPart call => 2L * (call.Name.Length + call.Arguments.Length),
        ToolResultPart result => 2L * (result.Name.Length + result.Result.Length),
        _ => 0,
    });
}
