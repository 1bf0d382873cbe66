using System.Text;

namespace Passwindow.Upstream;

/// <summary>Makes UTF-8 of strings that may be cut inside a character: half a surrogate pair waits for its other half.</summary>
internal sealed class TextPieces
{
    private char _half;

    /// <summary>The bytes of what is whole by now; empty if nothing is.</summary>
    public ReadOnlyMemory<byte> Add(string? piece)
    {
        if (string.IsNullOrEmpty(piece))
            return default;

        var text = _half == 0 ? piece : _half + piece;
        _half = char.IsHighSurrogate(text[^1]) ? text[^1] : default;
        return Encoding.UTF8.GetBytes(_half == 0 ? text : text[..^1]);
    }

    /// <summary>What still waited, as U+FFFD: no other half came.</summary>
    public ReadOnlyMemory<byte> End()
    {
        var text = _half == 0 ? "" : "\uFFFD";
        _half = default;
        return Encoding.UTF8.GetBytes(text);
    }
}
