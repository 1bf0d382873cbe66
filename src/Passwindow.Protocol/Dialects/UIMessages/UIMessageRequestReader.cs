using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects.Native;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>Reads the body of <c>POST /api/chat</c>. What a page adds to the body for other servers is skipped.</summary>
public static class UIMessageRequestReader
{
    // What a tool gave stands five levels deep here, and an event can hold 60 (EventWriter.MaxDepth).
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <exception cref="RequestException">It is not what the transport sends.</exception>
    public static UIMessageRequest Read(ReadOnlyMemory<byte> body)
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

    /// <summary>The conversation of a chat's id: itself, or, where it has not the form of an id, one made of it, always the same.</summary>
    public static ConversationId ConversationOf(string chat) =>
        ConversationId.TryParse(chat, out var id) ? id : new ConversationId("c_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(chat)))[..40]);

    private static UIMessageRequest Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new RequestException("The body must be a JSON object.");
        if (BodyFields.Text(body, "id") is not { Length: > 0 } chat)
            throw new RequestException("id is missing: it is the chat's.");
        var history = BodyFields.Field(body, "messages", JsonValueKind.Array, "an array of messages");
        var messages = Messages(body, history);
        var tools = BodyFields.Field(body, "tools", JsonValueKind.Array, "an array of {name, description, parameters}");
        BodyFields.RequireWholeTexts(tools);
        return new UIMessageRequest(ConversationOf(chat), messages)
        {
            HasHistory = history is not null,
            IsRegeneration = IsRegeneration(BodyFields.Text(body, "trigger")),
            MessageId = BodyFields.Text(body, "messageId"),
            Model = BodyFields.Model(BodyFields.Text(body, "model")),
            Tools = tools is { } declared ? NativeRequestReader.ReadTools(declared) : [],
            ToolsJson = tools?.Clone(),
            IfActive = BodyFields.Text(body, "if_active") is { } word ? NativeRequestReader.IfActiveOf(word) : IfActive.Interrupt,
            Metadata = BodyFields.Metadata(body),
        };
    }

    private static bool IsRegeneration(string? trigger) => trigger switch
    {
        null or "submit-message" => false,
        "regenerate-message" => true,
        _ => throw new RequestException("trigger must be submit-message or regenerate-message."),
    };

    private static List<GivenMessage> Messages(JsonElement body, JsonElement? history)
    {
        if (history is { } all)
        {
            int count = all.GetArrayLength();
            return count > 0 ? [.. all.EnumerateArray().Select((message, i) => GivenMessageReader.Read(message, $"messages[{i}]"))]
                : throw new RequestException("messages is empty.");
        }

        return BodyFields.Field(body, "message", JsonValueKind.Object, "a message") is { } one
            ? [GivenMessageReader.Read(one, "message")]
            : throw new RequestException("messages is missing: it is the conversation so far, or message, the last of it.");
    }
}
