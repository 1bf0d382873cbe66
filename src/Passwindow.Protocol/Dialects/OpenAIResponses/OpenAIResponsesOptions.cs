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
            WriteToolOptions(json, options);
    }

    /// <summary>Writes the content of a message that has more than text.</summary>
    public static void WriteContent(Utf8JsonWriter json, ChatMessage message)
    {
        json.WriteStartArray("content"u8);
        foreach (var part in message.Parts)
        {
            if (part is TextPart text)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "input_text"u8);
                json.WriteString("text"u8, text.Text);
                json.WriteEndObject();
            }
            else if (part is ImagePart image)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "input_image"u8);
                json.WriteString("image_url"u8, image.Url);
                json.WriteString("detail"u8, image.Detail ?? "auto");
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteToolOptions(Utf8JsonWriter json, SamplingOptions options)
    {
        if (options.ToolChoice is { Kind: ToolChoiceKind.One } one)
        {
            json.WriteStartObject("tool_choice"u8);
            json.WriteString("type"u8, "function"u8);
            json.WriteString("name"u8, one.Name);
            json.WriteEndObject();
        }
        else if (options.ToolChoice is { } choice)
        {
            json.WriteString("tool_choice"u8, OpenAIWords.Of(choice.Kind));
        }

        if (options.ParallelToolCalls is { } parallel)
            json.WriteBoolean("parallel_tool_calls"u8, parallel);
    }
}
