using System.Text.Json;

namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>A text that grows piece by piece, kept as the JSON it came in: what is escaped once is not read and escaped again.</summary>
internal sealed class OutputText
{
    private byte[] _json = [(byte)'"', (byte)'"'];
    private int _length = 1; // without the closing quote

    public bool IsEmpty => _length == 1;

    /// <summary>Adds a piece, a JSON string with its quotes.</summary>
    public void Add(ReadOnlySpan<byte> piece)
    {
        var text = piece[1..^1];
        if (_json.Length < _length + text.Length + 1)
            Array.Resize(ref _json, Math.Max(2 * _json.Length, _length + text.Length + 1));
        text.CopyTo(_json.AsSpan(_length));
        _length += text.Length;
        _json[_length] = (byte)'"';
    }

    /// <summary>Writes all of it as a member.</summary>
    public void WriteTo(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(_json.AsSpan(0, _length + 1), skipInputValidation: true);
    }
}
