using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// Reads one message. Of an answer only what the model has to be told again is read: text, and the calls with what they gave. Thinking, sources, data and
/// files of an answer are not.
/// </summary>
internal static class GivenMessageReader
{
    private const string StaticTool = "tool-";

    /// <param name="message">The message.</param>
    /// <param name="place">Where it stands, for whoever wrote the client.</param>
    /// <exception cref="RequestException">It is no message.</exception>
    public static GivenMessage Read(JsonElement message, string place)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw new RequestException($"{place} must be an object.");
        var role = BodyFields.Text(message, "role") switch
        {
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "system" => ChatRole.System,
            _ => throw new RequestException($"{place}.role must be user, assistant or system."),
        };
        var parts = BodyFields.Field(message, "parts", JsonValueKind.Array, "an array")
            ?? throw new RequestException($"{place}.parts is missing: it is what the message says.");
        var read = new List<GivenPart>();
        foreach (var part in parts.EnumerateArray())
        {
            if (Part(part, role, place) is { } known)
                read.Add(known);
        }

        return new GivenMessage(BodyFields.Text(message, "id") ?? "", role, read);
    }

    private static GivenPart? Part(JsonElement part, ChatRole role, string place)
    {
        if (part.ValueKind != JsonValueKind.Object || BodyFields.Text(part, "type") is not { } type)
            throw new RequestException($"Each of {place}.parts must be an object with a type.");
        return type switch
        {
            "text" => Speech(BodyFields.Text(part, "text") ?? throw new RequestException($"{place} has a text part without text.")),
            "file" => role == ChatRole.User ? new GivenSpeech(Image(part, place)) : null,
            "step-start" => new GivenStep(),
            "dynamic-tool" => Call(part, BodyFields.Text(part, "toolName"), place),
            _ => type.StartsWith(StaticTool, StringComparison.Ordinal) ? Call(part, type[StaticTool.Length..], place) : null,
        };
    }

    private static GivenSpeech? Speech(string text) => text.Length > 0 ? new GivenSpeech(new TextPart(text)) : null;

    private static ImagePart Image(JsonElement part, string place)
    {
        string url = BodyFields.Text(part, "url") ?? throw new RequestException($"{place} has a file part without url.");
        if (BodyFields.Text(part, "mediaType") is not { } type || !type.StartsWith("image/", StringComparison.OrdinalIgnoreCase))
            throw new RequestException($"{place} has a file that is no image: only images can be given to a model here.");
        bool isGiven = url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? DataUrl.TryRead(url, out _, out _) : url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        return isGiven ? new ImagePart(url) : throw new RequestException($"{place} has an image whose url is neither https: nor data: in base64.");
    }

    private static GivenCall Call(JsonElement part, string? name, string place)
    {
        if (string.IsNullOrEmpty(name) || BodyFields.Text(part, "toolCallId") is not { Length: > 0 } id)
            throw new RequestException($"{place} has a call without toolCallId or the tool's name.");
        string? state = BodyFields.Text(part, "state");
        var approval = BodyFields.Field(part, "approval", JsonValueKind.Object, "an object");
        return new GivenCall(id, name, part.TryGetProperty("input", out var input) ? input.GetRawText() : "{}")
        {
            Output = state == "output-available" ? (part.TryGetProperty("output", out var output) ? output.Clone() : JsonElement.Parse("null")) : null,
            Error = state switch
            {
                "output-error" => BodyFields.Text(part, "errorText") is { Length: > 0 } text ? text : "The tool failed.",
                "output-denied" => "The call was denied.",
                _ => null,
            },
            IsApproved = approval is { } answer && answer.TryGetProperty("approved", out var yes) ? yes.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            } : null,
            Reason = approval is { } given ? BodyFields.Text(given, "reason") : null,
        };
    }
}
