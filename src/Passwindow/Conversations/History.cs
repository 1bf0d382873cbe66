using Passwindow.Protocol.Upstream;

namespace Passwindow.Conversations;

/// <summary>
/// Makes of the messages of several turns one conversation that every provider takes: each call is followed by its result and nothing else, and
/// without tools there are no calls.
/// </summary>
internal static class History
{
    private const string NoAnswer = "The call was never answered.";

    /// <param name="messages">The messages of the turns one after the other, with what is asked now.</param>
    /// <param name="offersTools">Whether tools are offered now: without them some providers refuse a conversation with calls.</param>
    public static List<ChatMessage> Complete(IEnumerable<ChatMessage> messages, bool offersTools)
    {
        var all = messages.ToList();

        // Thinking belongs to the answer that is under way; what was thought before the last question is over.
        int lastQuestion = all.FindLastIndex(static message => message.Role == ChatRole.User);
        var complete = new List<ChatMessage>(all.Count);
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Role == ChatRole.Tool)
                continue; // taken with the calls
            bool isKept(MessagePart part) => part is not ReasoningPart || i > lastQuestion;
            var message = all[i] with { Parts = [.. all[i].Parts.Where(part => isKept(part) && (offersTools || part is not ToolCallPart))] };
            if (message.Parts.Count > 0)
                Add(complete, message);
            var calls = message.Parts.OfType<ToolCallPart>().ToList();
            if (calls.Count > 0)
                complete.Add(new ChatMessage(ChatRole.Tool, [.. Results(calls, all.Skip(i + 1).TakeWhile(static next => next.Role == ChatRole.Tool))]));
        }

        return complete;
    }

    private static IEnumerable<MessagePart> Results(List<ToolCallPart> calls, IEnumerable<ChatMessage> given)
    {
        var results = given.SelectMany(static message => message.Parts).OfType<ToolResultPart>().ToLookup(static result => result.Id, StringComparer.Ordinal);
        return calls.Select(call => results[call.Id].FirstOrDefault() ?? new ToolResultPart(call.Id, call.Name, NoAnswer, IsError: true));
    }

    // Where the calls between two texts are left out, the texts are one answer again.
    private static void Add(List<ChatMessage> complete, ChatMessage message)
    {
        if (message.Role == ChatRole.Assistant && complete is [.., { Role: ChatRole.Assistant } last])
            complete[^1] = new ChatMessage(ChatRole.Assistant, [.. last.Parts, .. message.Parts]);
        else
            complete.Add(message);
    }
}
