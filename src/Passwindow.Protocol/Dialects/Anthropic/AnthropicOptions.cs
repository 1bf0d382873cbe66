using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>What a request that was not written for this API asks for, in its words. What it has no word for (a schema, an effort) is left out.</summary>
internal static class AnthropicOptions
{
    public static void Write(Utf8JsonWriter json, ChatRequest request)
    {
        var options = request.Options;
        RequestJson.WriteSampling(json, options);
        if (options.Stop.Count > 0)
        {
            json.WriteStartArray("stop_sequences"u8);
            foreach (string stop in options.Stop)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }

        // Refused where no tools are offered.
        if (request.Tools.Count > 0 && (options.ToolChoice is not null || options.ParallelToolCalls is not null))
            WriteToolChoice(json, options);
    }

    /// <summary>Writes <c>source</c>: the image itself, or the URL from which the provider fetches it.</summary>
    public static void WriteSource(Utf8JsonWriter json, ImagePart image)
    {
        json.WriteStartObject("source"u8);
        if (DataUrl.TryRead(image.Url, out string mediaType, out string data))
        {
            json.WriteString("type"u8, "base64"u8);
            json.WriteString("media_type"u8, mediaType);
            json.WriteString("data"u8, data);
        }
        else
        {
            json.WriteString("type"u8, "url"u8);
            json.WriteString("url"u8, image.Url);
        }

        json.WriteEndObject();
    }

    private static void WriteToolChoice(Utf8JsonWriter json, SamplingOptions options)
    {
        var choice = options.ToolChoice ?? new ToolChoice(ToolChoiceKind.Auto);
        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, choice.Kind switch
        {
            ToolChoiceKind.None => "none"u8,
            ToolChoiceKind.Any => "any"u8,
            ToolChoiceKind.One => "tool"u8,
            _ => "auto"u8,
        });
        if (choice.Kind == ToolChoiceKind.One)
            json.WriteString("name"u8, choice.Name);
        if (options.ParallelToolCalls is { } parallel && choice.Kind != ToolChoiceKind.None)
            json.WriteBoolean("disable_parallel_tool_use"u8, !parallel);
        json.WriteEndObject();
    }
}
