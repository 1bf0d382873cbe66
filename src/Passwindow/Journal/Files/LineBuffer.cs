using System.Globalization;
using System.Text;

namespace Passwindow.Journal.Files;

/// <summary>A growing buffer in which lines are made. What is written stays writable: a line's checksum is known only at its end.</summary>
internal sealed class LineBuffer
{
    private byte[] _bytes = new byte[64 * 1024];

    public int Length { get; private set; }

    public Span<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void WriteAscii(string text)
    {
        Reserve(text.Length);
        Length += Encoding.ASCII.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void Write(long number)
    {
        const int longest = 20;
        Reserve(longest);
        number.TryFormat(_bytes.AsSpan(Length), out int written, provider: CultureInfo.InvariantCulture);
        Length += written;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
    }
}
