using System.Text;
using System.Text.Json;

namespace Passwindow.Protocol.Dialects;

/// <summary>Reads the fields of request bodies: what is wrong with one is told in words for whoever wrote the client.</summary>
internal static class BodyFields
{
    private const int MaxModelLength = 256;
    private const int MaxMetadataBytes = 16 * 1024;

    /// <summary>Checks the name of a model; null for none.</summary>
    /// <exception cref="RequestException">It is no such name.</exception>
    public static string? Model(string? text)
    {
        if (text is { Length: 0 or > MaxModelLength } || text?.Any(char.IsControl) == true)
            throw new RequestException($"model must be 1 to {MaxModelLength} characters without control characters.");
        return text;
    }

    /// <summary>Reads <c>metadata</c>, an object that is kept; null for none.</summary>
    /// <exception cref="RequestException">It is none, or too large.</exception>
    public static JsonElement? Metadata(JsonElement body)
    {
        var metadata = Field(body, "metadata", JsonValueKind.Object, "an object");
        if (metadata is { } given && Encoding.UTF8.GetByteCount(given.GetRawText()) > MaxMetadataBytes)
            throw new RequestException($"metadata may have at most {MaxMetadataBytes} bytes.");
        RequireWholeTexts(metadata);
        return metadata?.Clone();
    }

    /// <summary>
    /// Checks what is kept as it stands: it is written again, to the journal and to the provider, and half a surrogate pair cannot be. To read it is to check it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A text in it holds such a half.</exception>
    public static void RequireWholeTexts(JsonElement? kept)
    {
        switch (kept)
        {
            case { ValueKind: JsonValueKind.String } text:
                _ = text.GetString();
                break;
            case { ValueKind: JsonValueKind.Array } array:
                foreach (var item in array.EnumerateArray())
                    RequireWholeTexts(item);
                break;
            case { ValueKind: JsonValueKind.Object } parent:
                foreach (var field in parent.EnumerateObject())
                {
                    _ = field.Name;
                    RequireWholeTexts(field.Value);
                }

                break;
        }
    }

    /// <summary>A text; null where it is absent or null.</summary>
    /// <exception cref="RequestException">It is something else.</exception>
    public static string? Text(JsonElement parent, string name) => Field(parent, name, JsonValueKind.String, "a string")?.GetString();

    /// <summary>A field of that kind; null where it is absent or null, which mean the same to a caller whose language has no "absent".</summary>
    /// <exception cref="RequestException">It is of another kind.</exception>
    public static JsonElement? Field(JsonElement parent, string name, JsonValueKind kind, string what)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw new RequestException($"{name} must be {what}.");
    }
}
