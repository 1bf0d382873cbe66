using System.Buffers;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>Sources as OpenAI's <c>annotations</c>: <c>{type: url_citation, url_citation: {url, title, start_index, end_index, …}}</c>.</summary>
internal static class OpenAIAnnotations
{
    /// <summary>Adds a source to a list of them, behind a comma if it is not the first. One without an address is left out: there is no form for it.</summary>
    public static void Add(ReadOnlySpan<byte> citation, ArrayBufferWriter<byte> list)
    {
        if (EventJson.GetString(citation, "url"u8) is not { } url)
            return;
        if (list.WrittenCount > 0)
            list.Write(","u8);
        using var json = new Utf8JsonWriter(list, EventWriter.Options);
        json.WriteStartObject();
        json.WriteString("type"u8, "url_citation"u8);
        json.WriteStartObject("url_citation"u8);
        json.WriteString("url"u8, url);
        json.WriteString("title"u8, EventJson.GetString(citation, "title"u8) ?? "");

        // The SDKs' types demand a place in the text; 0 to 0 marks nothing.
        json.WriteNumber("start_index"u8, EventJson.GetInt64(citation, "start_index"u8) ?? 0);
        json.WriteNumber("end_index"u8, EventJson.GetInt64(citation, "end_index"u8) ?? 0);
        var reader = new Utf8JsonReader(citation);
        using var document = JsonDocument.ParseValue(ref reader);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            if (field.Name is not ("url" or "title" or "type" or "start_index" or "end_index"))
                field.WriteTo(json);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
