using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>
/// Reads <c>messages</c>. Names of speakers are skipped, and so is thinking that a client sends back: the API has no place for it.
/// </summary>
internal static class OpenAIChatMessagesReader
{
    public static IReadOnlyList<ChatMessage> Read(RequestFields body)
    {
        if (body.Find("messages") is null)
            throw body.Wrong("messages", "is missing.");
        var calls = new Dictionary<string, string>(StringComparer.Ordinal);
        var messages = body.Objects("messages").Select(message => Read(message, calls)).ToList();
        return messages.Count > 0 ? messages : throw body.Wrong("messages", "is empty.");
    }

    private static ChatMessage Read(RequestFields message, Dictionary<string, string> calls) => message.RequiredText("role") switch
    {
        "system" or "developer" => new ChatMessage(ChatRole.System, RequireContent(message, TextParts(message, "content"))),
        "user" => new ChatMessage(ChatRole.User, RequireContent(message, UserParts(message))),
        "assistant" => Answer(message, calls),
        "tool" => Result(message, calls),
        "function" => throw message.Wrong("role", "must not be function: use tool."),
        _ => throw message.Wrong("role", "must be developer, system, user, assistant or tool."),
    };

    private static IReadOnlyList<MessagePart> RequireContent(RequestFields message, IReadOnlyList<MessagePart> parts) =>
        message.Find("content") is null ? throw message.Wrong("content", "is missing.") : parts;

    private static ChatMessage Answer(RequestFields message, Dictionary<string, string> calls)
    {
        if (message.Find("function_call") is not null)
            throw message.Wrong("function_call", "is not served here: use tool_calls.");
        var parts = new List<MessagePart>(TextParts(message, "content"));
        if (message.Text("refusal") is { Length: > 0 } refusal)
            parts.Add(new TextPart(refusal));
        foreach (var call in message.Objects("tool_calls"))
        {
            if (call.Text("type") is not (null or "function"))
                throw call.Wrong("type", "must be function.");
            var function = call.Object("function") ?? throw call.Wrong("function", "is missing.");
            var part = new ToolCallPart(call.RequiredText("id"), function.RequiredText("name"), function.Text("arguments") ?? "");
            calls[part.Id] = part.Name;
            parts.Add(part);
        }

        return new ChatMessage(ChatRole.Assistant, parts);
    }

    private static ChatMessage Result(RequestFields message, Dictionary<string, string> calls)
    {
        string id = message.RequiredText("tool_call_id");
        if (!calls.TryGetValue(id, out string? name))
            throw message.Wrong("tool_call_id", $"names no call of an earlier message: {id}.");
        string text = string.Concat(RequireContent(message, TextParts(message, "content")).Cast<TextPart>().Select(static part => part.Text));
        return new ChatMessage(ChatRole.Tool, [new ToolResultPart(id, name, text, IsError: false)]);
    }

    private static List<MessagePart> TextParts(RequestFields message, string name)
    {
        if (message.Find(name) is { ValueKind: JsonValueKind.String } text)
            return [new TextPart(text.GetString()!)];
        return [.. message.Objects(name).Select(static part => part.RequiredText("type") switch
        {
            "text" => new TextPart(part.RequiredText("text")),
            "refusal" => new TextPart(part.RequiredText("refusal")),
            _ => throw part.Wrong("type", "must be text here."),
        })];
    }

    private static List<MessagePart> UserParts(RequestFields message)
    {
        if (message.Find("content") is { ValueKind: JsonValueKind.String } text)
            return [new TextPart(text.GetString()!)];
        return [.. message.Objects("content").Select(static part => part.RequiredText("type") switch
        {
            "text" => (MessagePart)new TextPart(part.RequiredText("text")),
            "image_url" => part.Object("image_url") is { } image ? image.Image("url", image.Text("detail")) : throw part.Wrong("image_url", "is missing."),
            _ => throw part.Wrong("type", "must be text or image_url."),
        })];
    }
}
