using System.Text.Json;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>What a request that was not written for this API asks for, in its words. It has none for texts at which the answer ends.</summary>
internal static class OpenAIResponsesOptions
{
    public static void Write(Utf8JsonWriter json, ChatRequest request)
    {
        var options = request.Options;
        if (options.MaxOutputTokens is { } most)
            json.WriteNumber("max_output_tokens"u8, most);
        RequestJson.WriteSampling(json, options);
        if (options.ReasoningEffort is { } effort)
        {
            json.WriteStartObject("reasoning"u8);
            json.WriteString("effort"u8, effort);
            json.WriteEndObject();
        }

        if (options.AnswerSchema is { ValueKind: JsonValueKind.Object } schema)
        {
            json.WriteStartObject("text"u8);
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            RequestJson.WriteFields(json, schema, "type");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (request.Tools.Count > 0)
            OpenAIContent.WriteToolOptions(json, options, isWrapped: false);
    }

    /// <summary>Writes the content of a message that has more than text.</summary>
    public static void WriteContent(Utf8JsonWriter json, ChatMessage message) => OpenAIContent.Write(json, message, "input_text"u8, static (json, image) =>
    {
        json.WriteString("type"u8, "input_image"u8);
        json.WriteString("image_url"u8, image.Url);
        json.WriteString("detail"u8, image.Detail ?? "auto");
    });
}
