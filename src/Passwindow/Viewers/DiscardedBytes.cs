using System.Buffers;

namespace Passwindow.Viewers;

/// <summary>Takes what is written to nowhere.</summary>
internal sealed class DiscardedBytes : IBufferWriter<byte>
{
    private byte[] _buffer = new byte[1024];

    public void Advance(int count)
    {
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length < sizeHint)
            _buffer = new byte[sizeHint];
        return _buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
