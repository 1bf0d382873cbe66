using System.Text;

namespace Passwindow.Upstream.Http1;

/// <summary>Finds where a response's head ends, however it is cut on its way, and whether its body comes in chunks. Everything else of it is the client's business.</summary>
internal sealed class ResponseHead
{
    /// <summary>So much of each line is looked at.</summary>
    private const int LineStart = 128;

    private readonly byte[] _line = new byte[LineStart];
    private int _length;
    private bool _isPastStatus;
    private bool _isInterim;

    /// <summary>Whether the header says so.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Takes the next bytes; true once the head ends within them, behind those of interim responses.</summary>
    /// <param name="bytes">What follows the bytes of the last call.</param>
    /// <param name="length">How many of them are the head's.</param>
    public bool TryEnd(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        while (length < bytes.Length)
        {
            // RFC 9112, section 2.2: "a recipient MAY recognize a single LF as a line terminator and ignore any preceding CR", and the client does.
            int end = bytes[length..].IndexOf((byte)'\n');
            Add(end < 0 ? bytes[length..] : bytes.Slice(length, end));
            length = end < 0 ? bytes.Length : length + end + 1;
            if (end >= 0 && EndLine())
                return true;
        }

        return false;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes[..Math.Min(bytes.Length, LineStart - _length)];
        kept.CopyTo(_line.AsSpan(_length));
        _length += kept.Length;
    }

    /// <summary>Whether that was the line behind the last header.</summary>
    private bool EndLine()
    {
        var line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        _length = 0;
        if (!_isPastStatus)
        {
            _isPastStatus = true;
            _isInterim = line.StartsWith("HTTP/1.1 1"u8);
            return false;
        }

        if (!line.IsEmpty)
        {
            IsChunked |= BeginsWith(line, "transfer-encoding:"u8) && BeginsWith(line[^Math.Min(line.Length, "chunked".Length)..], "chunked"u8);
            return false;
        }

        // RFC 9110, section 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response".
        (_isPastStatus, IsChunked) = (!_isInterim, IsChunked && !_isInterim);
        return !_isInterim;
    }

    private static bool BeginsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> start) =>
        line.Length >= start.Length && Ascii.EqualsIgnoreCase(line[..start.Length], start);
}
