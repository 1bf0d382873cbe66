using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// Spells a source as one flat JSON object: <c>url</c> and <c>title</c> first, then whatever else the provider said of it. It is written
/// anew, not copied, because a provider's JSON may hold half a surrogate pair, which no other reader takes.
/// </summary>
internal sealed class CitationWriter(TextBuffer buffer)
{
    /// <summary>The most sources that one answer may give; further ones are left out.</summary>
    public const int MaxCitations = 1000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _text = new();
    private int _count;

    /// <summary>Tells one source.</summary>
    /// <param name="source">The object that describes it.</param>
    /// <param name="type">The type, where it stands beside that object; else nothing.</param>
    /// <param name="said">Where the event goes.</param>
    public void Tell(ReadOnlySpan<byte> source, ReadOnlySpan<byte> type, ICollection<ChatEvent> said)
    {
        if (_count == MaxCitations)
            return;
        ReadOnlySpan<byte> url = default, title = default, documentTitle = default, ownType = default;
        var fields = new JsonFields(source);
        while (fields.MoveNext())
        {
            _ = fields.Take("url"u8, ref url) || fields.Take("title"u8, ref title)
                || fields.Take("document_title"u8, ref documentTitle) || fields.Take("type"u8, ref ownType);
        }

        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteField(json, "url"u8, url);
            WriteField(json, "title"u8, title.IsEmpty ? documentTitle : title);
            WriteField(json, "type"u8, type.IsEmpty ? ownType : type);
            WriteRest(json, source);
            json.WriteEndObject();
        }

        _count++;
        said.Add(new CitationFound(buffer.Take()));
    }

    /// <summary>Tells a source of which only the address is known.</summary>
    public void Tell(string url, ICollection<ChatEvent> said)
    {
        if (_count == MaxCitations)
            return;
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("url"u8, url);
            json.WriteEndObject();
        }

        _count++;
        said.Add(new CitationFound(buffer.Take()));
    }

    private void WriteRest(Utf8JsonWriter json, ReadOnlySpan<byte> source)
    {
        var fields = new JsonFields(source);
        while (fields.MoveNext())
        {
            bool isWritten = fields.Name.SequenceEqual("url"u8) || fields.Name.SequenceEqual("title"u8)
                || fields.Name.SequenceEqual("document_title"u8) || fields.Name.SequenceEqual("type"u8);
            if (!isWritten)
                WriteField(json, fields.Name, fields.Value);
        }
    }

    private void WriteField(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] == 'n')
            return;
        json.WritePropertyName(name);
        var reader = new Utf8JsonReader(value);
        while (reader.Read())
            WriteToken(json, ref reader);
    }

    private void WriteToken(Utf8JsonWriter json, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: json.WriteStartObject(); break;
            case JsonTokenType.EndObject: json.WriteEndObject(); break;
            case JsonTokenType.StartArray: json.WriteStartArray(); break;
            case JsonTokenType.EndArray: json.WriteEndArray(); break;
            case JsonTokenType.PropertyName: json.WritePropertyName(Unescaped(reader.ValueSpan)); break;
            case JsonTokenType.String: json.WriteStringValue(Unescaped(reader.ValueSpan)); break;
            default: json.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
        }
    }

    private ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> text)
    {
        _text.ResetWrittenCount();
        SurrogateJoiner.Unescape(text, _text);
        return _text.WrittenSpan;
    }
}
