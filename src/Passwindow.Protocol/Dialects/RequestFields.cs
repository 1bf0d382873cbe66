using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects;

/// <summary>
/// An object of a request, and where in the request it stands: what is wrong with a field is said with its path. Absent and null mean the
/// same, as they do to a caller whose language has no "absent".
/// </summary>
/// <param name="Json">The object.</param>
/// <param name="Path">Where it stands; empty for the body itself.</param>
internal readonly record struct RequestFields(JsonElement Json, string Path)
{
    // A body that says one thing twice says nothing certain (RFC 8259, section 4).
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads a body that is one JSON object. What <paramref name="read"/> keeps of it must be cloned.</summary>
    /// <exception cref="RequestException">It is none, or not what <paramref name="read"/> asks for.</exception>
    public static T ReadBody<T>(ReadOnlyMemory<byte> body, Func<RequestFields, T> read)
    {
        using var document = Parse(body);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? read(new RequestFields(document.RootElement, ""))
            : throw new RequestException("The body must be a JSON object.");
    }

    /// <summary>The path of a field.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>What is wrong with a field.</summary>
    public RequestException Wrong(string name, string what) => new($"{PathOf(name)} {what}") { Param = PathOf(name) };

    /// <summary>The value of a field; null if it is absent or null.</summary>
    public JsonElement? Find(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The text of a field; null for none.</summary>
    public string? Text(string name) => Of(name, JsonValueKind.String, "a string")?.GetString();

    /// <summary>The text of a field that must be there.</summary>
    public string RequiredText(string name) => Text(name) ?? throw Wrong(name, "is missing.");

    /// <summary>Yes or no; null for neither.</summary>
    public bool? Flag(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "must be true or false.");

    /// <summary>A number within bounds; null for none.</summary>
    public double? Number(string name, double least, double most) => Of(name, JsonValueKind.Number, "a number") is not { } value ? null
        : value.TryGetDouble(out double number) && number >= least && number <= most ? number
        : throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}."));

    /// <summary>A whole number, 1 or more; null for none.</summary>
    public int? Count(string name) => Of(name, JsonValueKind.Number, "a whole number") is not { } value ? null
        : value.TryGetInt32(out int count) && count >= 1 ? count : throw Wrong(name, "must be a whole number, 1 or more.");

    /// <summary>The object in a field; null for none.</summary>
    public RequestFields? Object(string name) => Of(name, JsonValueKind.Object, "an object") is { } value ? new RequestFields(value, PathOf(name)) : null;

    /// <summary>The objects of an array; nothing for none.</summary>
    public IEnumerable<RequestFields> Objects(string name)
    {
        if (Of(name, JsonValueKind.Array, "an array") is not { } array)
            yield break;
        int index = 0;
        foreach (var item in array.EnumerateArray())
        {
            var path = $"{PathOf(name)}[{index++}]";
            yield return item.ValueKind == JsonValueKind.Object ? new RequestFields(item, path) : throw new RequestException($"{path} must be an object.") { Param = path };
        }
    }

    /// <summary>The texts of an array, or the one text that stands in its place; nothing for none.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(static item => item.GetString()!)]
            : throw Wrong(name, "must be a string or an array of strings.");
    }

    /// <summary>A JSON object of at most so many bytes, to be kept; null for none.</summary>
    public JsonElement? Kept(string name, int mostBytes)
    {
        var value = Of(name, JsonValueKind.Object, "an object");
        return value is { } given && Encoding.UTF8.GetByteCount(given.GetRawText()) > mostBytes ? throw Wrong(name, $"may have at most {mostBytes} bytes.") : value?.Clone();
    }

    /// <summary>The object without some of its fields.</summary>
    public JsonElement Except(params ReadOnlySpan<string> names)
    {
        var rest = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(rest, RequestJson.Options))
        {
            json.WriteStartObject();
            RequestJson.WriteFields(json, Json, names);
            json.WriteEndObject();
        }

        return JsonElement.Parse(rest.WrittenSpan);
    }

    /// <summary>An image whose address stands in a field.</summary>
    public ImagePart Image(string name, string? detail)
    {
        string url = RequiredText(name);
        return url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || DataUrl.TryRead(url, out _, out _)
            ? new ImagePart(url, detail)
            : throw Wrong(name, "must be an https: URL, or a data: URL in base64.");
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(body, Options);
            RequireWholeTexts(document.RootElement);
            return document;
        }
        catch (JsonException e)
        {
            throw new RequestException($"The body is not JSON: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            document?.Dispose();
            throw new RequestException("A text in the body holds half of a surrogate pair.");
        }
    }

    private JsonElement? Of(string name, JsonValueKind kind, string what) =>
        Find(name) is not { } value ? null : value.ValueKind == kind ? value : throw Wrong(name, $"must be {what}.");

    // What is kept as it stands is written again, to the journal and to the provider, and half a surrogate pair cannot be. To read it is to check it.
    private static void RequireWholeTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    RequireWholeTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var field in value.EnumerateObject())
                {
                    _ = field.Name;
                    RequireWholeTexts(field.Value);
                }

                break;
        }
    }
}
