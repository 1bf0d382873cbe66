using System.Text.Encodings.Web;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>Small things about JSON that AG-UI's reader and writers share.</summary>
internal static class AgUiJson
{
    /// <summary>A text; null if it is absent or null.</summary>
    public static string? Text(JsonElement parent, string name) => Field(parent, name, JsonValueKind.String, "a string")?.GetString();

    /// <summary>An array; null if it is absent or null.</summary>
    public static JsonElement? Array(JsonElement parent, string name) => Field(parent, name, JsonValueKind.Array, "an array");

    /// <summary>The items of an array of objects.</summary>
    public static IEnumerable<JsonElement> Objects(JsonElement array, string name) => array.EnumerateArray().Select(item =>
        item.ValueKind == JsonValueKind.Object ? item : throw new RequestException($"Each of {name} must be an object."));

    /// <summary>A text as JSON, with its quotes. No line break is left in it.</summary>
    public static byte[] Quote(string text) => [(byte)'"', .. JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, (byte)'"'];

    /// <summary>JSON as a text within JSON, without the quotes around it.</summary>
    public static ReadOnlySpan<byte> Escape(ReadOnlySpan<byte> json) => JsonEncodedText.Encode(json, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;

    // Clients up to 0.0.57 wrote null where 1.0 leaves out.
    private static JsonElement? Field(JsonElement parent, string name, JsonValueKind kind, string what)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw new RequestException($"{name} must be {what}.");
    }
}
