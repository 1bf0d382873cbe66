using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Conversations;

/// <summary>What a model is told of one earlier turn.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Messages">The question, and the answer if there was one.</param>
/// <param name="Bytes">What the texts take in memory, with what is around them.</param>
/// <param name="HasEnded">Whether the turn had ended, so that this is all of it.</param>
internal sealed record RememberedTurn(TurnId Turn, IReadOnlyList<ChatMessage> Messages, long Bytes, bool HasEnded)
{
    private const int BytesAround = 512;

    public static async Task<RememberedTurn> ReadAsync(ITurnReader turn, CancellationToken cancellation)
    {
        bool hasEnded = turn.HasEnded; // before the events are read: then they are all there
        var messages = new List<ChatMessage> { Memory.Question(turn.Opening.Message) };
        string answer = await ReadAnswerAsync(turn, cancellation);
        if (answer.Length > 0)
            messages.Add(ChatMessage.Of(ChatRole.Assistant, answer));
        return new RememberedTurn(turn.Opening.Turn, messages, (2L * (turn.Opening.Message.Length + answer.Length)) + BytesAround, hasEnded);
    }

    // The text alone: a call whose result the client never sent would be refused by the providers, and a partial answer was shown, so it counts.
    private static async Task<string> ReadAnswerAsync(ITurnReader turn, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            if (committed.Type == EventType.Token)
                text.Append(EventJson.GetString(committed.Json.Span, "token"u8));
        }

        return text.ToString();
    }
}
