using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Passwindow.Protocol;

/// <summary>Reads single fields out of an event's JSON without building a document.</summary>
public static class EventJson
{
    /// <summary>
    /// Whether it begins as <see cref="EventWriter"/> begins an event of this type and number. What that one spelled is so known without being parsed.
    /// </summary>
    public static bool BeginsAs(ReadOnlySpan<byte> json, EventType type, long seq)
    {
        var name = EventTypes.Name(type);
        if (!TrySkip(ref json, TypeField) || !TrySkip(ref json, name) || !TrySkip(ref json, SeqField))
            return false;
        return Utf8Parser.TryParse(json, out long number, out int digits) && number == seq && digits < json.Length && json[digits] is (byte)',' or (byte)'}';
    }

    /// <summary>The type of an event; <see cref="EventType.Unknown"/> if it names none that this version knows.</summary>
    public static EventType TypeOf(ReadOnlySpan<byte> json)
    {
        var value = json;
        if (TrySkip(ref value, TypeField) && value.IndexOf((byte)'"') is var end and >= 0 && !value[..end].Contains((byte)'\\'))
            return EventTypes.Parse(value[..end]);
        return TryGetRaw(json, "type"u8, out var raw) && raw.Length > 2 ? EventTypes.Parse(raw[1..^1]) : EventType.Unknown;
    }

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

    private static ReadOnlySpan<byte> TypeField => "{\"type\":\""u8;

    private static ReadOnlySpan<byte> SeqField => "\",\"seq\":"u8;

    private static bool TrySkip(ref ReadOnlySpan<byte> json, ReadOnlySpan<byte> expected)
    {
        if (!json.StartsWith(expected))
            return false;
        json = json[expected.Length..];
        return true;
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
