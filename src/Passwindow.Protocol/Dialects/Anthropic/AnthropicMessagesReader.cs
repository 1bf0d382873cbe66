using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>
/// Reads <c>system</c> and <c>messages</c>. The results of tools, which the API has the user say, become messages of the tools; images among
/// them follow as the user's. Marks for the cache within blocks are skipped.
/// </summary>
internal static class AnthropicMessagesReader
{
    public static IReadOnlyList<ChatMessage> Read(RequestFields body)
    {
        if (body.Find("messages") is null)
            throw body.Wrong("messages", "is missing.");
        var messages = new List<ChatMessage>();
        if (body.Find("system") is not null)
            messages.Add(System(body, "system"));
        int before = messages.Count;
        var calls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var message in body.Objects("messages"))
        {
            if (message.Find("content") is null)
                throw message.Wrong("content", "is missing.");
            switch (message.RequiredText("role"))
            {
                case "user":
                    AddUser(message, calls, messages);
                    break;
                case "assistant":
                    messages.Add(new ChatMessage(ChatRole.Assistant, [.. Blocks(message, "content").Select(block => block.IsText ? new TextPart(block.Text!) : Answer(block.Fields!.Value, calls)).OfType<MessagePart>()]));
                    break;
                case "system":
                    messages.Add(System(message, "content"));
                    break;
                default:
                    throw message.Wrong("role", "must be user, assistant or system.");
            }
        }

        return messages.Count > before ? messages : throw body.Wrong("messages", "is empty.");
    }

    private static ChatMessage System(RequestFields parent, string name) => new(ChatRole.System, [.. Blocks(parent, name).Select(static block =>
        block.IsText ? new TextPart(block.Text!)
        : block.Fields!.Value is var fields && fields.RequiredText("type") == "text" ? new TextPart(fields.RequiredText("text"))
        : throw fields.Wrong("type", "must be text here."))]);

    private static void AddUser(RequestFields message, Dictionary<string, string> calls, List<ChatMessage> messages)
    {
        var results = new List<MessagePart>();
        var said = new List<MessagePart>();
        foreach (var block in Blocks(message, "content"))
        {
            if (block.IsText)
                said.Add(new TextPart(block.Text!));
            else if (block.Fields!.Value is var fields && fields.RequiredText("type") == "tool_result")
                results.Add(Result(fields, calls, said));
            else
                said.Add(Said(fields));
        }

        if (results.Count > 0)
            messages.Add(new ChatMessage(ChatRole.Tool, results));
        if (said.Count > 0)
            messages.Add(new ChatMessage(ChatRole.User, said));
    }

    private static MessagePart Said(RequestFields block) => block.RequiredText("type") switch
    {
        "text" => new TextPart(block.RequiredText("text")),
        "image" => Image(block),
        _ => throw block.Wrong("type", "must be text, image or tool_result."),
    };

    private static ImagePart Image(RequestFields block)
    {
        var source = block.Object("source") ?? throw block.Wrong("source", "is missing.");
        return source.RequiredText("type") switch
        {
            "url" => source.Image("url", detail: null),
            "base64" => new ImagePart(DataUrl.Of(source.RequiredText("media_type"), source.RequiredText("data"))),
            _ => throw source.Wrong("type", "must be base64 or url."),
        };
    }

    private static ToolResultPart Result(RequestFields block, Dictionary<string, string> calls, List<MessagePart> images)
    {
        string id = block.RequiredText("tool_use_id");
        if (!calls.TryGetValue(id, out string? name))
            throw block.Wrong("tool_use_id", $"names no call of an earlier message: {id}.");
        var parts = Blocks(block, "content").Select(static part => part.IsText ? new TextPart(part.Text!) : Said(part.Fields!.Value)).ToList();
        images.AddRange(parts.OfType<ImagePart>());
        return new ToolResultPart(id, name, string.Concat(parts.OfType<TextPart>().Select(static text => text.Text)), block.Flag("is_error") ?? false);
    }

    /// <summary>A part of an earlier answer; null for thinking that nobody signed, which the API does not take back.</summary>
    private static MessagePart? Answer(RequestFields block, Dictionary<string, string> calls)
    {
        switch (block.RequiredText("type"))
        {
            case "text":
                return new TextPart(block.RequiredText("text"));
            case "thinking":
                return block.Text("signature") is { Length: > 0 } signature ? new ReasoningPart(block.Text("thinking") ?? "", signature, Redacted: null) : null;
            case "redacted_thinking":
                return new ReasoningPart("", Signature: null, block.RequiredText("data"));
            case "tool_use":
                var input = block.Object("input");
                var call = new ToolCallPart(block.RequiredText("id"), block.RequiredText("name"), input?.Json.GetRawText() ?? "{}");
                calls[call.Id] = call.Name;
                return call;
            default:
                throw block.Wrong("type", "must be text, thinking, redacted_thinking or tool_use.");
        }
    }

    /// <summary>The blocks of a field, or the one text that stands in their place; nothing for none.</summary>
    private static IEnumerable<(bool IsText, string? Text, RequestFields? Fields)> Blocks(RequestFields parent, string name) =>
        parent.Find(name) is { ValueKind: JsonValueKind.String } text ? [(true, text.GetString(), null)] : parent.Objects(name).Select(static block => (false, (string?)null, (RequestFields?)block));
}
