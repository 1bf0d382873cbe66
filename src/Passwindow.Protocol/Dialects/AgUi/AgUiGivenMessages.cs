using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>The messages that a turn began with, under the names that its client gave them, else under names made of the turn's id.</summary>
internal static class AgUiGivenMessages
{
    /// <summary>Writes them as items of an array.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="context">What is known of it.</param>
    /// <param name="onlyNew">Whether only those that nobody had answered are wanted, and of those what is text.</param>
    public static void Write(Utf8JsonWriter json, string turn, FrameContext context, bool onlyNew)
    {
        var origin = AgUiOrigin.Of(context.Metadata);
        var given = context.Given;
        int first = onlyNew ? given.ToList().FindLastIndex(static message => message.Role == ChatRole.Assistant) + 1 : 0;
        for (int i = first; i < given.Count; i++)
        {
            string? named = i < origin.Messages.Count ? origin.Messages[i] : null;
            if (named is "" || (onlyNew && given[i].Parts.Any(static part => part is ImagePart)))
                continue; // it says nothing that the client said, or what the client has whole
            if (given[i].Role == ChatRole.Tool)
                WriteResults(json, turn, given[i], named, origin);
            else
                WriteMessage(json, named ?? $"{turn}-given-{i}", given[i]);
        }
    }

    private static void WriteResults(Utf8JsonWriter json, string turn, ChatMessage results, string? named, AgUiOrigin origin)
    {
        foreach (var result in results.Parts.OfType<ToolResultPart>())
        {
            json.WriteStartObject();
            json.WriteString("id"u8, origin.Results.GetValueOrDefault(result.Id) ?? named ?? $"{turn}-{result.Id}");
            json.WriteString("role"u8, "tool"u8);
            json.WriteString("content"u8, result.IsError ? result.Result : Text(result.Result));
            json.WriteString("toolCallId"u8, result.Id);
            if (result.IsError)
                json.WriteString("error"u8, result.Result);
            json.WriteEndObject();
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, string id, ChatMessage message)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("role"u8, message.Role switch { ChatRole.System => "system"u8, ChatRole.Assistant => "assistant"u8, _ => "user"u8 });
        if (message.Parts.Any(static part => part is ImagePart))
            WriteParts(json, message);
        else if (RequestJson.Text(message) is var text && (text.Length > 0 || message.Role != ChatRole.Assistant))
            json.WriteString("content"u8, text);
        if (message.Parts.Any(static part => part is ToolCallPart))
        {
            json.WriteStartArray("toolCalls"u8);
            foreach (var call in message.Parts.OfType<ToolCallPart>())
            {
                json.WriteStartObject();
                json.WriteString("id"u8, call.Id);
                json.WriteString("type"u8, "function"u8);
                json.WriteStartObject("function"u8);
                json.WriteString("name"u8, call.Name);
                json.WriteString("arguments"u8, call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartArray("content"u8);
        foreach (var part in message.Parts)
        {
            json.WriteStartObject();
            if (part is TextPart text)
            {
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, text.Text);
            }
            else if (part is ImagePart image)
            {
                bool isWhole = DataUrl.TryRead(image.Url, out string mediaType, out string data);
                json.WriteString("type"u8, "image"u8);
                json.WriteStartObject("source"u8);
                json.WriteString("type"u8, isWhole ? "data"u8 : "url"u8);
                json.WriteString("value"u8, isWhole ? data : image.Url);
                if (isWhole)
                    json.WriteString("mimeType"u8, mediaType);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A result that is a string is shown as its text, any other as JSON.</summary>
    private static string Text(string json) => json.StartsWith('"') && JsonElement.Parse(json) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : json;
}
