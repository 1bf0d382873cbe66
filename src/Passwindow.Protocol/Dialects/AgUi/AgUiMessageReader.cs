using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>Reads AG-UI's messages as the model is to be given them.</summary>
internal static class AgUiMessageReader
{
    private const int MaxMessages = 10_000;

    /// <exception cref="RequestException">One is not what AG-UI asks for, or holds what no model is given here.</exception>
    public static IReadOnlyList<AgUiRequestMessage> Read(JsonElement messages)
    {
        if (messages.GetArrayLength() > MaxMessages)
            throw new RequestException($"messages may hold at most {MaxMessages}.");
        var names = new Dictionary<string, string>(StringComparer.Ordinal); // of the tools that were called, by call
        var read = new List<AgUiRequestMessage>(messages.GetArrayLength());
        foreach (var message in AgUiJson.Objects(messages, "messages"))
        {
            var content = AgUiJson.Text(message, "role") switch
            {
                "system" or "developer" => ChatMessage.Of(ChatRole.System, AgUiJson.Text(message, "content") ?? ""),
                "user" => new ChatMessage(ChatRole.User, Parts(message)),
                "assistant" => Assistant(message, names),
                "tool" => Tool(message, names),
                "reasoning" or "activity" => null, // the client's own: the first is no provider's to verify, the second is for the eye
                _ => throw new RequestException("The role of a message must be system, developer, user, assistant, tool, reasoning or activity."),
            };
            if (content is not null)
                read.Add(new AgUiRequestMessage(AgUiJson.Text(message, "id") ?? "", content));
        }

        return read;
    }

    private static ChatMessage Assistant(JsonElement message, Dictionary<string, string> names)
    {
        var parts = new List<MessagePart>();
        if (AgUiJson.Text(message, "content") is { Length: > 0 } text)
            parts.Add(new TextPart(text));
        foreach (var call in AgUiJson.Array(message, "toolCalls") is { } calls ? AgUiJson.Objects(calls, "toolCalls") : [])
        {
            string id = AgUiJson.Text(call, "id") ?? throw new RequestException("A tool call has no id.");
            if (!call.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object || AgUiJson.Text(function, "name") is not { } name)
                throw new RequestException("A tool call has no function with a name.");
            names[id] = name;
            parts.Add(new ToolCallPart(id, name, AgUiJson.Text(function, "arguments") ?? "{}"));
        }

        return new ChatMessage(ChatRole.Assistant, parts);
    }

    private static ChatMessage Tool(JsonElement message, Dictionary<string, string> names)
    {
        string call = AgUiJson.Text(message, "toolCallId") ?? throw new RequestException("A tool message has no toolCallId.");
        string? error = AgUiJson.Text(message, "error");
        string text = error ?? string.Concat(Parts(message).Select(static part => part is TextPart one ? one.Text : throw new RequestException("The result of a tool must be text here.")));
        return new ChatMessage(ChatRole.Tool, [new ToolResultPart(call, names.GetValueOrDefault(call, ""), error is null ? Json(text) : text, IsError: error is not null)]);
    }

    // A tool that answered with JSON is quoted as it is; any other text becomes a JSON string.
    private static string Json(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return IsJson(utf8) ? text : Encoding.UTF8.GetString(AgUiJson.Quote(text));
    }

    private static bool IsJson(byte[] utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = EventWriter.MaxDepth });
        try
        {
            return JsonDocument.TryParseValue(ref reader, out _) && reader.BytesConsumed <= utf8.Length && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IReadOnlyList<MessagePart> Parts(JsonElement message)
    {
        if (message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array)
            return [.. AgUiJson.Objects(content, "content").Select(Part)];
        return [new TextPart(AgUiJson.Text(message, "content") ?? throw new RequestException("A message has no content."))];
    }

    private static MessagePart Part(JsonElement part) => AgUiJson.Text(part, "type") switch
    {
        "text" => new TextPart(AgUiJson.Text(part, "text") ?? ""),
        "image" when part.TryGetProperty("source", out var source) && source.ValueKind == JsonValueKind.Object => Image(source),
        "binary" when AgUiJson.Text(part, "mimeType")?.StartsWith("image/", StringComparison.Ordinal) == true => Binary(part), // up to 0.0.45
        var type => throw new RequestException($"A part of a message must be text or an image with its source; this one is {type ?? "nothing"}."),
    };

    private static ImagePart Image(JsonElement source) => (AgUiJson.Text(source, "type"), AgUiJson.Text(source, "value")) switch
    {
        ("data", { } value) => Whole(AgUiJson.Text(source, "mimeType"), value),
        ("url", { } value) => Addressed(value),
        _ => throw new RequestException("The source of an image must be data or a URL."),
    };

    private static ImagePart Binary(JsonElement part) => AgUiJson.Text(part, "data") is { } data
        ? Whole(AgUiJson.Text(part, "mimeType"), data)
        : Addressed(AgUiJson.Text(part, "url") ?? throw new RequestException("A binary part must have data or a url."));

    private static ImagePart Whole(string? mimeType, string base64) => new(DataUrl.Of(mimeType ?? throw new RequestException("The data of an image must have a mimeType."), base64));

    private static ImagePart Addressed(string url) => url.StartsWith("https://", StringComparison.Ordinal) || DataUrl.TryRead(url, out _, out _)
        ? new ImagePart(url)
        : throw new RequestException("The URL of an image must begin with https: or be a data: URL in base64.");
}
