using System.Buffers;

namespace Passwindow.Journal.Files;

/// <summary>Reads a journal file line by line from a place on, through a window, and checks each line.</summary>
/// <param name="file">The file.</param>
/// <param name="offset">Where to begin.</param>
/// <param name="crc">The checksum of the line before that place; 0 at the start of the file.</param>
/// <param name="limit">Where to stop as if the file ended there.</param>
/// <param name="window">How much one read takes.</param>
internal sealed class LineScanner(IDiskFile file, long offset = 0, uint crc = 0, long limit = long.MaxValue, int window = 64 * 1024) : IDisposable
{
    private byte[] _window = ArrayPool<byte>.Shared.Rent(window);
    private int _start;
    private int _end;
    private int _used;
    private bool _atEnd;

    /// <summary>Where the next line begins; after a line that is not good, where that line begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>The checksum of the last good line.</summary>
    public uint Crc { get; private set; } = crc;

    /// <summary>Reads the next line. Its memory is valid until the next call.</summary>
    public LineCheck Next(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            var check = JournalLine.Check(_window.AsSpan(_start, _end - _start), Crc, out int length, out uint crc);
            if (check is LineCheck.End or LineCheck.Torn && Fill())
                continue;
            line = check == LineCheck.Good ? _window.AsMemory(_start, length) : default;
            if (check == LineCheck.Good)
            {
                _start += length;
                Offset += length;
                Crc = crc;
            }

            return check;
        }
    }

    public void Dispose()
    {
        Array.Clear(_window, 0, _used); // it holds what a tenant wrote
        ArrayPool<byte>.Shared.Return(_window);
        _window = [];
    }

    private bool Fill()
    {
        if (_atEnd)
            return false;
        int held = _end - _start;
        if (held == _window.Length)
        {
            // A line longer than the window; Check has refused one longer than any line may be.
            byte[] larger = ArrayPool<byte>.Shared.Rent(_window.Length * 2);
            _window.AsSpan(_start, held).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_window, clearArray: true);
            _window = larger;
        }
        else if (_start > 0)
        {
            _window.AsSpan(_start, held).CopyTo(_window);
        }

        if (_start > 0)
        {
            _start = 0;
            _end = held;
        }

        int most = (int)Math.Min(_window.Length - _end, limit - (Offset + held));
        int read = file.Read(_window.AsSpan(_end, most), Offset + held);
        _end += read;
        _used = Math.Max(_used, _end);
        _atEnd = read == 0;
        return read > 0;
    }
}
