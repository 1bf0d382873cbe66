using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Upstream;

/// <summary>What the request writers of all APIs have in common.</summary>
internal static class RequestJson
{
    /// <summary>A request is no part of an HTML page: what need not be escaped costs no bytes.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The arguments of a call as a JSON object. What the model wrote may be none; providers refuse the whole conversation for it.</summary>
    public static string Arguments(ToolCallPart call) =>
        JsonSlice.IsWholeObject(Encoding.UTF8.GetBytes(call.Arguments)) ? call.Arguments : "{}";

    /// <summary>The JSON Schema of a tool's arguments. Providers demand one; a tool without arguments has an empty object.</summary>
    public static void WriteSchema(Utf8JsonWriter json, ReadOnlySpan<byte> name, ToolDeclaration tool)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(tool.Parameters ?? """{"type":"object","properties":{}}""");
    }

    /// <summary>Writes a request's own fields as they stood in it, but for those that its writer writes itself.</summary>
    public static void WriteFields(Utf8JsonWriter json, JsonElement fields, params ReadOnlySpan<string> except)
    {
        foreach (var field in fields.EnumerateObject())
        {
            if (!except.Contains(field.Name))
                field.WriteTo(json);
        }
    }

    /// <summary>Writes what a request asks for in words that several APIs share; nothing where it asks for nothing.</summary>
    public static void WriteSampling(Utf8JsonWriter json, SamplingOptions options)
    {
        if (options.Temperature is { } temperature)
            json.WriteNumber("temperature"u8, temperature);
        if (options.TopP is { } topP)
            json.WriteNumber("top_p"u8, topP);
    }

    /// <summary>All text of a message: the APIs put nothing between two parts.</summary>
    public static string Text(ChatMessage message) => string.Concat(message.Parts.OfType<TextPart>().Select(part => part.Text));
}
