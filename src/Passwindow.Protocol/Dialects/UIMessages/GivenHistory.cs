using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>Makes of messages as a client has them the messages that a model is given: each answer of the model with its calls, then what those gave.</summary>
public static class GivenHistory
{
    /// <summary>The messages; those that say nothing to a model are left out.</summary>
    public static IReadOnlyList<ChatMessage> ToMessages(IEnumerable<GivenMessage> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        var messages = new List<ChatMessage>();
        foreach (var message in given)
        {
            if (message.Role == ChatRole.Assistant)
                AddAnswer(messages, message);
            else if (Speech(message) is { Count: > 0 } said)
                messages.Add(new ChatMessage(message.Role, said));
        }

        return messages;
    }

    /// <summary>What a person says in a message.</summary>
    public static IReadOnlyList<MessagePart> Speech(GivenMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return [.. message.Parts.OfType<GivenSpeech>().Select(static speech => speech.Part)];
    }

    private static void AddAnswer(List<ChatMessage> messages, GivenMessage message)
    {
        var said = new List<MessagePart>();
        var results = new List<MessagePart>();
        foreach (var part in message.Parts)
        {
            // Text behind a call is of the next answer, whether or not a step stands between.
            if (part is GivenStep || (part is GivenSpeech && said.Any(static each => each is ToolCallPart)))
                End();
            if (part is GivenSpeech { Part: TextPart text })
                said.Add(text);
            else if (part is GivenCall call)
                Add(call);
        }

        End();

        void Add(GivenCall call)
        {
            said.Add(new ToolCallPart(call.Id, call.Name, call.Arguments));
            if (call.Output is { } output)
                results.Add(new ToolResultPart(call.Id, call.Name, output.GetRawText(), IsError: false));
            else if (call.Error is { } error)
                results.Add(new ToolResultPart(call.Id, call.Name, error, IsError: true));
        }

        void End()
        {
            if (said.Count > 0)
                messages.Add(new ChatMessage(ChatRole.Assistant, [.. said]));
            if (results.Count > 0)
                messages.Add(new ChatMessage(ChatRole.Tool, [.. results]));
            said.Clear();
            results.Clear();
        }
    }
}
