namespace Passwindow.Protocol.ServerSentEvents;

/// <summary>Bytes that are added at the end and taken from the start; it grows by doubling and keeps its array.</summary>
internal sealed class SseBuffer(int capacity)
{
    private byte[] _array = new byte[capacity];
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Bytes => _array.AsSpan(_start, _end - _start);

    public void Skip(int count)
    {
        _start += count;
        if (_start == _end)
            _start = _end = 0; // the same few bytes again and again, which the processor still has at hand
    }

    public void Clear() => _start = _end = 0;

    public void Set(ReadOnlySpan<byte> bytes)
    {
        Clear();
        Append(bytes);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _array.Length - _end)
            MakeRoom(bytes.Length);
        bytes.CopyTo(_array.AsSpan(_end));
        _end += bytes.Length;
    }

    private void MakeRoom(int count)
    {
        int kept = _end - _start;
        // Moving is worth it only if it frees at least half: else a full buffer would be moved for every few bytes.
        byte[] target = (long)kept + count > _array.Length / 2 ? new byte[Math.Max(_array.Length * 2, kept + count)] : _array;
        _array.AsSpan(_start, kept).CopyTo(target);
        (_array, _start, _end) = (target, 0, kept);
    }
}
