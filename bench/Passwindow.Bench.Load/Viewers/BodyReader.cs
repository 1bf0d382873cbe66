namespace Passwindow.Bench.Load.Viewers;

/// <summary>Takes the chunks of a chunked body apart (RFC 9112, section 7.1), however the bytes are cut.</summary>
internal sealed class BodyReader
{
    private long _left;       // of the chunk's data
    private long _size;       // of the chunk whose head is being read
    private State _state;

    private enum State
    {
        Size,
        SizeRest,
        Data,
        DataEnd,
        Trailer,
    }

    public bool IsOver { get; private set; }

    /// <summary>The next piece of data in these bytes; empty when they hold no more.</summary>
    public ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsOver)
        {
            if (_state == State.Data)
            {
                int count = (int)Math.Min(_left, bytes.Length);
                var data = bytes[..count];
                bytes = bytes[count..];
                _left -= count;
                if (_left == 0)
                    _state = State.DataEnd;
                return data;
            }

            byte next = bytes[0];
            bytes = bytes[1..];
            Step(next);
        }

        return default;
    }

    private void Step(byte next)
    {
        switch (_state)
        {
            case State.Size when Digit(next) is >= 0 and var digit:
                _size = (_size << 4) | (uint)digit;
                break;
            case State.Size or State.SizeRest when next == '\n':
                _left = _size;
                _state = _size > 0 ? State.Data : State.Trailer;
                _size = 0;
                break;
            case State.Size:
                _state = State.SizeRest;
                break;
            case State.DataEnd when next == '\n':
                _state = State.Size;
                break;
            case State.Trailer when next == '\n':
                IsOver = true; // nobody here sends trailers
                break;
        }
    }

    private static int Digit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
