using Passwindow.Conversations;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Dialects.UIMessages;
using Passwindow.Protocol.Upstream;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.UIMessages;

/// <summary>
/// The turn that a page asks for with a message of its person. What the journal knows of the conversation is its memory, so of the history that the page sends only the
/// last message counts, and which of the answers it still shows. A conversation that the journal does not know is taken as it is sent.
/// </summary>
internal static class AskedTurn
{
    /// <exception cref="RequestException">There is nothing to answer.</exception>
    public static async Task<TurnRequest> OfAsync(Exchange exchange, UIMessageRequest request)
    {
        var key = new ConversationKey(exchange.Caller.Tenant, request.Conversation);
        var turns = await exchange.Engine.Journal.ReadConversationAsync(key, exchange.Left);
        List<TurnOpening> shown = [.. Branch.Current(turns, static turn => turn.Opening).Select(static turn => turn.Opening).Where(static opening => opening.Continues is null)];
        var (replaces, isWhole) = Place(request, shown);
        var question = request.Messages.LastOrDefault(static message => message.Role == ChatRole.User);
        var speech = question is null ? [] : GivenHistory.Speech(question);
        if (speech.Count == 0)
            throw new RequestException("The last message says nothing: it has neither text nor an image.");
        var native = new NativeRequest(string.Concat(speech.OfType<TextPart>().Select(static part => part.Text)))
        {
            Conversation = request.Conversation,
            Model = request.Model,
            Tools = request.Tools,
            ToolsJson = request.ToolsJson,
            IfActive = request.IfActive,
            Replaces = replaces,
            Metadata = request.Metadata,
        };
        return TurnRequests.Complete(exchange, native) with { Input = Input(request, speech, isWhole) };
    }

    private static TurnInput? Input(UIMessageRequest request, IReadOnlyList<MessagePart> speech, bool isWhole)
    {
        if (isWhole)
            return new TurnInput(GivenHistory.ToMessages(request.Messages), IsWhole: true, IsKept: true);
        return speech.Any(static part => part is ImagePart) ? new TurnInput([new ChatMessage(ChatRole.User, speech)], IsWhole: false, IsKept: true) : null;
    }

    /// <summary>Where the turn stands in its conversation.</summary>
    /// <param name="request">The request.</param>
    /// <param name="shown">The turns that the conversation goes on from, oldest first, each with those that continue it as one.</param>
    /// <returns>The turn whose place it takes, and whether the given history is the whole of what the model is told.</returns>
    private static (TurnId? Replaces, bool IsWhole) Place(UIMessageRequest request, List<TurnOpening> shown)
    {
        if (shown.Count == 0)
            return (null, request.Messages.Count > 1);
        if (request.IsRegeneration && shown.Find(opening => opening.Turn.Value == request.MessageId) is { } named)
            return (named.Turn, false);
        if (!request.HasHistory)
            return (request.IsRegeneration ? shown[^1].Turn : null, false);

        // What the page shows before the message: the turn follows the last answer of it that is known here, whatever came after that answer.
        var before = request.Messages.SkipLast(1).ToList();
        int known = before.Where(static message => message.Role == ChatRole.Assistant)
            .Select(message => shown.FindIndex(opening => opening.Turn.Value == message.Id)).LastOrDefault(static index => index >= 0, -1);
        if (known >= 0)
            return (At(shown, known + 1), false);

        // None is: an edited or repeated message has its place by the messages of the person before it, else it is the next one.
        bool isAgain = request.IsRegeneration || (request.MessageId is { } edited && edited == request.Last.Id);
        int next = isAgain ? before.Count(static message => message.Role == ChatRole.User) : shown.Count;
        return (At(shown, next), before.Exists(static message => message.Role == ChatRole.Assistant));
    }

    private static TurnId? At(List<TurnOpening> shown, int index) => index < shown.Count ? shown[index].Turn : null;
}
