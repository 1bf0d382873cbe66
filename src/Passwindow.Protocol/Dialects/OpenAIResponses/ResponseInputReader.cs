using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// Reads the input of a request, a text or a list of items, as messages. What the model said in one go, its thinking, its words and its calls, is one
/// message again.
/// </summary>
/// <param name="items">What stands in the place of items that are only named, by their ids; null while that is not known.</param>
internal sealed class ResponseInputReader(IReadOnlyDictionary<string, JsonElement>? items)
{
    private readonly List<ChatMessage> _messages = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _references = [];

    public IReadOnlyList<ChatMessage> Messages => _messages;

    /// <summary>The ids of items that are only named. What they hold is known to whoever keeps the responses.</summary>
    public IReadOnlyList<string> References => _references;

    /// <exception cref="RequestException">It is not what the API asks for.</exception>
    public void Read(RequestFields body)
    {
        if (body.Find("input") is not { } input)
            throw body.Wrong("input", "is missing: it is what the model is to answer.");
        if (input.ValueKind == JsonValueKind.String)
        {
            Add(ChatRole.User, new TextPart(input.GetString()!));
        }
        else
        {
            foreach (var item in body.Objects("input"))
                ReadItem(item);
        }

        if (_messages.Count == 0 && _references.Count == 0)
            throw body.Wrong("input", "is empty.");
    }

    private void ReadItem(RequestFields item)
    {
        switch (item.Text("type") ?? "message")
        {
            case "message":
                ReadMessage(item);
                break;
            case "function_call":
                string id = item.RequiredText("call_id"), name = item.RequiredText("name");
                _names[id] = name;
                Add(ChatRole.Assistant, new ToolCallPart(id, name, item.RequiredText("arguments")));
                break;
            case "function_call_output":
                ReadOutput(item);
                break;
            case "reasoning":
                ReadReasoning(item);
                break;
            case "item_reference":
                ReadReference(item);
                break;
            case var other:
                throw item.Wrong("type", $"is {other}, which is not taken here: message, function_call, function_call_output, reasoning and item_reference are.");
        }
    }

    private void ReadReference(RequestFields item)
    {
        string id = item.RequiredText("id");
        _references.Add(id);
        if (items is not null)
            ReadItem(new RequestFields(items.TryGetValue(id, out var named) ? named : throw item.Wrong("id", $"names no item that is kept here: {id}."), item.Path));
    }

    private void ReadMessage(RequestFields item)
    {
        var role = item.RequiredText("role") switch
        {
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "system" or "developer" => ChatRole.System,
            _ => throw item.Wrong("role", "must be user, assistant, system or developer."),
        };
        var content = item.Find("content") ?? throw item.Wrong("content", "is missing.");
        List<MessagePart> parts = content.ValueKind == JsonValueKind.String ? [new TextPart(content.GetString()!)] : [.. item.Objects("content").Select(ReadPart)];
        if (role == ChatRole.Assistant)
        {
            foreach (var part in parts)
                Add(role, part);
        }
        else
        {
            _messages.Add(new ChatMessage(role, parts));
        }
    }

    private static MessagePart ReadPart(RequestFields part) => part.RequiredText("type") switch
    {
        "input_text" or "output_text" or "text" => new TextPart(part.RequiredText("text")),
        "refusal" => new TextPart(part.RequiredText("refusal")),
        "input_image" when part.Find("image_url") is not null => part.Image("image_url", part.Text("detail")),
        "input_image" => throw part.Wrong("file_id", "names a file that is kept at the provider: give image_url."),
        var other => throw part.Wrong("type", $"is {other}, which is not taken here: input_text, input_image and output_text are."),
    };

    private void ReadOutput(RequestFields item)
    {
        string id = item.RequiredText("call_id");
        var output = item.Find("output") ?? throw item.Wrong("output", "is missing.");
        string text = output.ValueKind == JsonValueKind.String
            ? output.GetString()!
            : string.Concat(item.Objects("output").Select(static part => part.Text("type") is "input_text" or "output_text"
                ? part.RequiredText("text")
                : throw part.Wrong("type", "must be input_text: only text goes back to the model.")));
        Add(ChatRole.Tool, new ToolResultPart(id, _names.GetValueOrDefault(id, ""), text, IsError: false));
    }

    private void ReadReasoning(RequestFields item)
    {
        // Thinking without what its provider encrypted, or signed, is of no use to it.
        string text = string.Concat(item.Objects("summary").Select(static part => part.Text("text")));
        if (item.Text("encrypted_content") is { } content && EncryptedReasoning.Unpack(content, text) is { } reasoning)
            Add(ChatRole.Assistant, reasoning);
    }

    private void Add(ChatRole role, MessagePart part)
    {
        if (role != ChatRole.User && _messages is [.., var last] && last.Role == role)
            _messages[^1] = last with { Parts = [.. last.Parts, part] };
        else
            _messages.Add(new ChatMessage(role, [part]));
    }
}
