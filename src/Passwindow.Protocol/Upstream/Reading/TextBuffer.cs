using System.Buffers;

namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// Where the text of the chat events of one server-sent event stands. It is used again for the next one. When it grows, what was taken
/// before stays in the old array.
/// </summary>
internal sealed class TextBuffer : IBufferWriter<byte>
{
    private const int FirstBytes = 1024;
    private const int MostKeptBytes = 64 * 1024;

    private byte[] _array = new byte[FirstBytes];
    private int _start;
    private int _end;

    /// <summary>Begins anew: everything taken before is void.</summary>
    public void Reset()
    {
        _start = _end = 0;
        if (_array.Length > MostKeptBytes)
            _array = new byte[FirstBytes];
    }

    /// <summary>What was written since the last time.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = _array.AsMemory(_start, _end - _start);
        _start = _end;
        return taken;
    }

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_end);
    }

    private void Reserve(int count)
    {
        if (_array.Length - _end >= Math.Max(count, 1))
            return;
        byte[] larger = new byte[Math.Max(_array.Length * 2, _end - _start + count)];
        _array.AsSpan(_start, _end - _start).CopyTo(larger);
        (_array, _start, _end) = (larger, 0, _end - _start);
    }
}
