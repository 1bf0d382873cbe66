using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Upstream.Reading;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>
/// A <c>reasoning</c> item that the provider encrypted. It goes back as the whole item, because the provider checks its parts together.
/// </summary>
internal static class OpenAIResponsesReasoning
{
    private const string Beginning = """{"type":"reasoning",""";

    /// <summary>Whether kept thinking is such an item, and not what another provider encrypted.</summary>
    public static bool IsItem(string? kept) => kept?.StartsWith(Beginning, StringComparison.Ordinal) == true;

    /// <summary>The item as it goes back; null if nothing in it is encrypted.</summary>
    public static string? Keep(ReadOnlySpan<byte> item)
    {
        ReadOnlySpan<byte> id = default, summary = default, encrypted = default;
        var fields = new JsonFields(item);
        while (fields.MoveNext())
            _ = fields.Take("id"u8, ref id) || fields.Take("summary"u8, ref summary) || fields.Take("encrypted_content"u8, ref encrypted);
        if (JsonSlice.Text(encrypted) is not { } content)
            return null;
        var kept = new ArrayBufferWriter<byte>(item.Length);
        using (var json = new Utf8JsonWriter(kept))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "reasoning"u8);
            if (JsonSlice.Text(id) is { } known)
                json.WriteString("id"u8, known);
            json.WritePropertyName("summary"u8);
            if (JsonSlice.IsArray(summary))
                json.WriteRawValue(LoneSurrogates.Mend(summary));
            else
                json.WriteRawValue("[]"u8);
            json.WriteString("encrypted_content"u8, content);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(kept.WrittenSpan);
    }
}
