using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace Passwindow.Server;

/// <summary>Writes each flush as one chunk of a response's body (RFC 9112, section 7.1). The last chunk is for who ends the response.</summary>
/// <param name="output">The connection's output.</param>
internal sealed class ChunkedOutput(DirectOutput output) : PipeWriter
{
    private const int SizeRoom = 10; // eight hexadecimal digits, CR LF
    private const int EndRoom = 2;   // CR LF

    private RentedBuffer _buffer = new(); // what is in it begins behind the room for its size
    private int _length;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _length;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Free);
        _length += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.Bytes.AsMemory(SizeRoom + _length, Free);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.Bytes.AsSpan(SizeRoom + _length, Free);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        this.Write(source.Span);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_length == 0)
            return output.FlushAsync(cancellationToken); // a chunk of no bytes would be the last
        var flush = output.WriteAsync(TakeChunk(), cancellationToken); // which has taken all of it when it returns
        Release();
        return flush;
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    /// <summary>What was not flushed is dropped: a response is ended by who began it, and its connection by the server.</summary>
    public override void Complete(Exception? exception = null) => Release();

    private int Free => Math.Max(0, _buffer.Bytes.Length - SizeRoom - EndRoom - _length);

    private ReadOnlyMemory<byte> TakeChunk()
    {
        Span<byte> size = stackalloc byte[SizeRoom];
        Utf8Formatter.TryFormat(_length, size, out int digits, new StandardFormat('X'));
        "\r\n"u8.CopyTo(size[digits..]);
        int start = SizeRoom - digits - EndRoom;
        size[..(digits + EndRoom)].CopyTo(_buffer.Bytes.AsSpan(start));
        "\r\n"u8.CopyTo(_buffer.Bytes.AsSpan(SizeRoom + _length));
        return _buffer.Bytes.AsMemory(start, SizeRoom - start + _length + EndRoom);
    }

    private void Release()
    {
        _length = 0;
        _buffer.Return();
    }

    private void MakeRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (Free >= Math.Max(1, sizeHint))
            return;
        int kept = _length == 0 ? 0 : SizeRoom + _length;
        _buffer.Grow(kept, SizeRoom + _length + Math.Max(RentedBuffer.BlockSize - SizeRoom, sizeHint + EndRoom));
    }
}
