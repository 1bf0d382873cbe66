using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Passwindow.Protocol.ServerSentEvents;

/// <summary>
/// Puts a frame together in one span of the output: to ask an output for room again for each of a frame's fields costs more than the
/// fields do. What does not fit goes to the output by itself.
/// </summary>
internal ref struct FrameSpan
{
    private const int LeastRoom = 256;
    private const int LongestId = Identifier.MaxLength + 1 + 20;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _span;
    private int _length;

    public FrameSpan(IBufferWriter<byte> output)
    {
        _output = output;
        _span = output.GetSpan(LeastRoom);
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _span.Length - _length)
        {
            bytes.CopyTo(_span[_length..]);
            _length += bytes.Length;
            return;
        }

        End();
        _output.Write(bytes);
        _span = _output.GetSpan(LeastRoom);
    }

    /// <summary>Adds <c>TURN:SEQ</c>.</summary>
    public void AddId(TurnId turn, long seq)
    {
        if (_span.Length - _length < LongestId)
        {
            End();
            _span = _output.GetSpan(LeastRoom);
        }

        _length += Encoding.ASCII.GetBytes(turn.Value, _span[_length..]);
        _span[_length++] = (byte)':';
        Utf8Formatter.TryFormat(seq, _span[_length..], out int digits);
        _length += digits;
    }

    /// <summary>Gives what was added to the output.</summary>
    public void End()
    {
        _output.Advance(_length);
        _length = 0;
    }
}
