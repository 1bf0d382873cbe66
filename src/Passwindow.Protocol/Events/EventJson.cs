using System.Text;
using System.Text.Json;

namespace Passwindow.Protocol;

/// <summary>Reads single fields out of an event's JSON without building a document.</summary>
public static class EventJson
{
    /// <summary>The bytes of a field's value as they stand (a string with its quotes); false if the event has no such field.</summary>
    public static bool TryGetRaw(ReadOnlySpan<byte> json, ReadOnlySpan<byte> field, out ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(json);
        if (!TrySeek(ref reader, field))
        {
            value = default;
            return false;
        }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        value = json[start..(int)reader.BytesConsumed];
        return true;
    }

    /// <summary>The bytes of a field's value as they stand (a string with its quotes).</summary>
    /// <exception cref="JsonException">The event has no such field.</exception>
    public static ReadOnlySpan<byte> GetRequired(ReadOnlySpan<byte> json, ReadOnlySpan<byte> field) =>
        TryGetRaw(json, field, out var value) ? value : throw new JsonException($"The event has no field '{Encoding.UTF8.GetString(field)}'.");

    /// <summary>A field's text; null if the event has no such field or it is not a string.</summary>
    public static string? GetString(ReadOnlySpan<byte> json, ReadOnlySpan<byte> field)
    {
        var reader = new Utf8JsonReader(json);
        return TrySeek(ref reader, field) && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }

    /// <summary>A field's number; null if the event has no such field or it is not a whole number.</summary>
    public static long? GetInt64(ReadOnlySpan<byte> json, ReadOnlySpan<byte> field)
    {
        var reader = new Utf8JsonReader(json);
        return TrySeek(ref reader, field) && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : null;
    }

    /// <summary>
    /// Unescapes a string field into <paramref name="buffer"/>, which must be as long as the event, and returns the part written;
    /// empty if the event has no such field.
    /// </summary>
    public static ReadOnlySpan<byte> CopyString(ReadOnlySpan<byte> json, ReadOnlySpan<byte> field, Span<byte> buffer)
    {
        var reader = new Utf8JsonReader(json);
        return TrySeek(ref reader, field) && reader.TokenType == JsonTokenType.String ? buffer[..reader.CopyString(buffer)] : [];
    }

    private static bool TrySeek(ref Utf8JsonReader reader, ReadOnlySpan<byte> field)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(field);
            reader.Read();
            if (found)
                return true;
            reader.Skip();
        }

        return false;
    }
}
