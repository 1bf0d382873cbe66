using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>What a request that was not written for this API asks for, in its words.</summary>
internal static class OpenAIChatOptions
{
    /// <summary>
    /// Writes the options. The limit on the answer is <c>max_tokens</c>, the one name that all compatible servers know, and is left out where
    /// none was asked for.
    /// </summary>
    public static void Write(Utf8JsonWriter json, ChatRequest request)
    {
        var options = request.Options;
        if (options.MaxOutputTokens is { } most)
            json.WriteNumber("max_tokens"u8, most);
        RequestJson.WriteSampling(json, options);
        if (options.Stop.Count > 0)
        {
            json.WriteStartArray("stop"u8);
            foreach (string stop in options.Stop)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }

        if (options.ReasoningEffort is { } effort)
            json.WriteString("reasoning_effort"u8, effort);
        if (options.AnswerSchema is { } schema)
        {
            json.WriteStartObject("response_format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WritePropertyName("json_schema"u8);
            schema.WriteTo(json);
            json.WriteEndObject();
        }

        if (request.Tools.Count > 0)
            OpenAIContent.WriteToolOptions(json, options, isWrapped: true);
    }

    /// <summary>Writes the content of a message that has more than text.</summary>
    public static void WriteContent(Utf8JsonWriter json, ChatMessage message) => OpenAIContent.Write(json, message, "text"u8, static (json, image) =>
    {
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, image.Url);
        if (image.Detail is { } detail)
            json.WriteString("detail"u8, detail);
        json.WriteEndObject();
    });
}
