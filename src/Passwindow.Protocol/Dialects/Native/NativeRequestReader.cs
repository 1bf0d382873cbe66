using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.Native;

/// <summary>Reads the body of <c>POST /chat</c>. Fields it does not know are skipped.</summary>
public static class NativeRequestReader
{
    private const int MaxTools = 128;
    private const int MaxToolName = 128; // providers differ in what they take: the one that is asked is the judge
    private const int MaxModelLength = 256;
    private const int MaxHistory = 2_000;
    private const int MaxMetadataBytes = 16 * 1024;

    // A body that says one thing twice says nothing certain (RFC 8259, section 4).
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <exception cref="RequestException">It is not what the contract asks for.</exception>
    public static NativeRequest Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new RequestException($"The body is not JSON: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            throw new RequestException("A text in the body holds half of a surrogate pair.");
        }
    }

    /// <summary>Reads the body of a regeneration: <c>{model?, if_active?}</c>.</summary>
    /// <exception cref="RequestException">It is not what the contract asks for.</exception>
    public static (string? Model, IfActive IfActive) ReadChoice(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (BodyFields.Model(BodyFields.Text(document.RootElement, "model")), IfActiveOf(BodyFields.Text(document.RootElement, "if_active")))
                : throw new RequestException("The body must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new RequestException($"The body is not JSON: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            throw new RequestException("A text in the body holds half of a surrogate pair.");
        }
    }

    private static NativeRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new RequestException("The body must be a JSON object.");
        string message = BodyFields.Text(body, "message") ?? throw new RequestException("message is missing: it is what the person wrote.");
        if (string.IsNullOrWhiteSpace(message))
            throw new RequestException("message is empty.");
        var tools = BodyFields.Field(body, "tools", JsonValueKind.Array, "an array");
        BodyFields.RequireWholeTexts(tools);
        return new NativeRequest(message)
        {
            History = History(body),
            Conversation = Conversation(BodyFields.Text(body, "conversation_id")),
            Model = BodyFields.Model(BodyFields.Text(body, "model")),
            Tools = tools is { } declared ? ReadTools(declared) : [],
            ToolsJson = tools?.Clone(),
            IfActive = IfActiveOf(BodyFields.Text(body, "if_active")),
            Replaces = Replaces(body),
            Metadata = BodyFields.Metadata(body),
        };
    }

    private static ConversationId? Conversation(string? text)
    {
        if (text is null)
            return null;
        return ConversationId.TryParse(text, out var id)
            ? id
            : throw new RequestException("conversation_id must be 1 to 64 characters of A-Z a-z 0-9 _ -.");
    }

    private static IReadOnlyList<ChatMessage> History(JsonElement body)
    {
        if (BodyFields.Field(body, "history", JsonValueKind.Array, "an array") is not { } history)
            return [];
        if (history.GetArrayLength() > MaxHistory)
            throw new RequestException($"history may hold at most {MaxHistory} messages.");
        return [.. history.EnumerateArray().Select(Earlier)];
    }

    private static ChatMessage Earlier(JsonElement message)
    {
        const string form = "Each of history must be an object with role (system, user or assistant) and content (text).";
        if (message.ValueKind != JsonValueKind.Object)
            throw new RequestException(form);
        var role = BodyFields.Text(message, "role") switch
        {
            "system" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            _ => throw new RequestException(form),
        };
        return ChatMessage.Of(role, BodyFields.Text(message, "content") ?? throw new RequestException(form));
    }

    /// <summary>The word of <c>if_active</c>; reject for none.</summary>
    /// <exception cref="RequestException">It is no such word.</exception>
    public static IfActive IfActiveOf(string? word) => word switch
    {
        null or "reject" => IfActive.Reject,
        "interrupt" => IfActive.Interrupt,
        "enqueue" => IfActive.Enqueue,
        _ => throw new RequestException("if_active must be reject, interrupt or enqueue."),
    };

    private static TurnId? Replaces(JsonElement body)
    {
        if (BodyFields.Text(body, "replaces") is not { } text)
            return null;
        if (!TurnId.TryParse(text, out var turn))
            throw new RequestException("replaces must be the id of a turn.");
        return body.TryGetProperty("conversation_id", out var conversation) && conversation.ValueKind == JsonValueKind.String
            ? turn
            : throw new RequestException("replaces names a turn of a conversation: give its conversation_id.");
    }

    /// <summary>Reads the tools of a body, or those that were kept of one.</summary>
    /// <exception cref="RequestException">It is not what the contract asks for.</exception>
    public static IReadOnlyList<ToolDeclaration> ReadTools(JsonElement tools)
    {
        if (tools.GetArrayLength() > MaxTools)
            throw new RequestException($"tools may hold at most {MaxTools}.");
        var read = new List<ToolDeclaration>();
        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.ValueKind != JsonValueKind.Object)
                throw new RequestException("Each of tools must be an object with name, description and parameters.");
            string name = BodyFields.Text(tool, "name") ?? throw new RequestException("A tool has no name.");
            if (name.Length is 0 or > MaxToolName || name.Any(static c => c is <= ' ' or > '~'))
                throw new RequestException($"A tool's name must be 1 to {MaxToolName} visible ASCII characters.");
            if (read.Any(other => other.Name == name))
                throw new RequestException($"The tool {name} is declared twice.");
            read.Add(new ToolDeclaration(name, BodyFields.Text(tool, "description"), BodyFields.Field(tool, "parameters", JsonValueKind.Object, "a JSON Schema")?.GetRawText()));
        }

        return read;
    }
}
