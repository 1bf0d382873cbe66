using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>A source in Anthropic's form. One of another provider becomes the result of a web search, the only form there is for an address.</summary>
internal static class AnthropicCitation
{
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> citation)
    {
        var reader = new Utf8JsonReader(citation);
        using var document = JsonDocument.ParseValue(ref reader);
        var source = document.RootElement;
        string type = EventJson.GetString(citation, "type"u8) ?? "";
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, EventWriter.Options);
        json.WriteStartObject();
        if (type.EndsWith("_location", StringComparison.Ordinal))
            WriteOwn(json, source, isOfDocument: type is "char_location" or "page_location" or "content_block_location");
        else
            WriteOther(json, source);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    // The journal calls every title a title.
    private static void WriteOwn(Utf8JsonWriter json, JsonElement source, bool isOfDocument)
    {
        foreach (var field in source.EnumerateObject())
        {
            json.WritePropertyName(isOfDocument && field.Name == "title" ? "document_title" : field.Name);
            field.Value.WriteTo(json);
        }
    }

    private static void WriteOther(Utf8JsonWriter json, JsonElement source)
    {
        string? text(string name) => source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        json.WriteString("type"u8, "web_search_result_location"u8);
        json.WriteString("url"u8, text("url") ?? "");
        json.WriteString("title"u8, text("title"));
        json.WriteString("cited_text"u8, text("cited_text") ?? "");
        json.WriteString("encrypted_index"u8, "");
    }
}
