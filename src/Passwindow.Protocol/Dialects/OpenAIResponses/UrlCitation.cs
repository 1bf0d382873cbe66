using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>A source as an annotation of the API.</summary>
internal static class UrlCitation
{
    /// <summary>
    /// The annotation. A source with an address is a <c>url_citation</c>, whatever else its provider calls it; one of the API's own kinds without one
    /// (<c>file_citation</c>, …) stays what it is. The places in the text, which the SDKs require, are 0 where the provider said none.
    /// </summary>
    public static byte[] Of(ReadOnlySpan<byte> citation)
    {
        using var document = JsonDocument.Parse(citation.ToArray());
        var source = document.RootElement;
        var buffer = new ArrayBufferWriter<byte>(citation.Length + 64);
        using (var json = new Utf8JsonWriter(buffer, EventWriter.Options))
        {
            string type = Text(source, "type");
            json.WriteStartObject();
            if (source.TryGetProperty("url", out _) || type.Length == 0 || !type.EndsWith("_citation", StringComparison.Ordinal))
            {
                json.WriteString("type"u8, "url_citation"u8);
                json.WriteString("url"u8, Text(source, "url"));
                json.WriteString("title"u8, Text(source, "title"));
                json.WriteNumber("start_index"u8, Place(source, "start_index"));
                json.WriteNumber("end_index"u8, Place(source, "end_index"));
            }
            else
            {
                foreach (var field in source.EnumerateObject())
                    field.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Text(JsonElement source, string name) =>
        source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long Place(JsonElement source, string name) =>
        source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long place) ? place : 0;
}
