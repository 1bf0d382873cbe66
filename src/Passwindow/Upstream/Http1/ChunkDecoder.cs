namespace Passwindow.Upstream.Http1;

/// <summary>Takes a chunked body out of its chunks (RFC 9112, section 7.1), in place and however it was cut on its way.</summary>
internal struct ChunkDecoder()
{
    /// <summary>The most digits of a chunk's size: no chunk is as large as that.</summary>
    private const int MaxSizeDigits = 15;

    /// <summary>The most bytes of a chunk's extensions, and of the whole trailer section.</summary>
    private const int MaxIgnoredBytes = 16 * 1024;

    private Place _place;
    private long _size;
    private int _digits;
    private int _ignored;
    private bool _isLineEmpty = true;

    private enum Place
    {
        Size,
        Extensions,
        Data,
        DataEnd,
        Trailers,
        Over,
    }

    /// <summary>Whether the last chunk and its trailer section have come.</summary>
    public readonly bool IsOver => _place == Place.Over;

    /// <summary>Moves the data within the bytes to their front.</summary>
    /// <param name="bytes">What follows the bytes of the last call.</param>
    /// <param name="taken">How many of them are the body's: all, unless it ends among them.</param>
    /// <returns>How much data there is.</returns>
    /// <exception cref="HttpIOException">They are no chunks.</exception>
    public int Decode(Span<byte> bytes, out int taken)
    {
        int length = 0;
        taken = 0;
        while (taken < bytes.Length && !IsOver)
        {
            if (_place != Place.Data)
            {
                TakeFraming(bytes[taken++]);
                continue;
            }

            int count = (int)Math.Min(_size, bytes.Length - taken);
            bytes.Slice(taken, count).CopyTo(bytes[length..]);
            length += count;
            taken += count;
            _size -= count;
            if (_size == 0)
                _place = Place.DataEnd;
        }

        return length;
    }

    private void TakeFraming(byte each)
    {
        switch (_place)
        {
            case Place.Size:
                TakeSize(each);
                break;
            case Place.Extensions:
                Ignore();
                if (each == '\n')
                    EndSize();
                break;
            case Place.DataEnd when each == '\n':
                (_place, _size, _digits, _ignored) = (Place.Size, 0, 0, 0);
                break;
            case Place.DataEnd when each != '\r':
                throw Malformed("the data of a chunk is longer than its size");
            case Place.Trailers:
                TakeTrailer(each);
                break;
        }
    }

    private void TakeSize(byte each)
    {
        if (char.IsAsciiHexDigit((char)each))
        {
            if (++_digits > MaxSizeDigits)
                throw Malformed("a chunk is too large");
            _size = (_size << 4) | (uint)(char.IsAsciiDigit((char)each) ? each - '0' : (each | 0x20) - 'a' + 10);
            return;
        }

        if (_digits == 0 || each is not ((byte)'\r' or (byte)'\n' or (byte)';' or (byte)' ' or (byte)'\t'))
            throw Malformed("the size of a chunk is no number");
        if (each == '\n')
            EndSize();
        else
            _place = Place.Extensions; // "A recipient MUST ignore unrecognized chunk extensions."
    }

    private void EndSize()
    {
        _ignored = 0;
        _place = _size == 0 ? Place.Trailers : Place.Data;
    }

    private void TakeTrailer(byte each)
    {
        Ignore();
        if (each == '\n')
        {
            if (_isLineEmpty)
                _place = Place.Over;
            _isLineEmpty = true;
        }
        else if (each != '\r')
        {
            _isLineEmpty = false;
        }
    }

    private void Ignore()
    {
        if (++_ignored > MaxIgnoredBytes)
            throw Malformed("what stands beside the chunks is too long");
    }

    private static HttpIOException Malformed(string what) => new(HttpRequestError.InvalidResponse, $"The chunked body cannot be read: {what}.");
}
