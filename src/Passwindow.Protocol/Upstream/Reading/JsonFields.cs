using System.Text;
using System.Text.Json;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// Walks over the fields of one JSON object and gives each value as the bytes it stands in. Nothing is said of an object before the walk
/// is through, so an event that is broken at its end says nothing at all.
/// </summary>
/// <remarks>Nesting is limited to 64 (the default of <see cref="Utf8JsonReader"/>); a deeper value is a <see cref="JsonException"/>.</remarks>
internal ref struct JsonFields(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json);
    private ReadOnlySpan<byte> _name;

    /// <summary>The value of the field; a string with its quotes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The field's name.</summary>
    public readonly ReadOnlySpan<byte> Name => _name;

    /// <exception cref="JsonException">It is not one JSON object.</exception>
    public bool MoveNext()
    {
        if (_reader.TokenType == JsonTokenType.None && (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject))
            throw new JsonException("A JSON object was expected.");
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            _reader.Read(); // throws if something stands behind the object
            return false;
        }

        _name = _reader.ValueIsEscaped ? Encoding.UTF8.GetBytes(_reader.GetString()!) : _reader.ValueSpan;
        _reader.Read();
        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        Value = _json[start..(int)_reader.BytesConsumed];
        return true;
    }

    /// <summary>Keeps the value if the field has this name and is not <c>null</c>: absent and null are the same to a reader.</summary>
    /// <exception cref="JsonException">The object has the field twice: no two readers would agree on what it says.</exception>
    public readonly bool Take(ReadOnlySpan<byte> name, ref ReadOnlySpan<byte> slot)
    {
        if (!_name.SequenceEqual(name))
            return false;
        if (Value[0] == 'n')
            return true;
        if (!slot.IsEmpty)
            throw new JsonException("A field stands twice in one object.");
        slot = Value;
        return true;
    }
}

/// <summary>Walks over the items of one JSON array.</summary>
internal ref struct JsonItems(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json);

    /// <summary>The item; a string with its quotes.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        if (_reader.TokenType == JsonTokenType.None)
            _reader.Read();
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndArray)
            return false;
        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        Value = _json[start..(int)_reader.BytesConsumed];
        return true;
    }
}
