namespace Passwindow.Tools.Mcp;

/// <summary>What a server sends, with a largest size for one message: the protocol's own reader would take a line of any length.</summary>
/// <param name="inner">Where it is read from; disposed with this.</param>
/// <param name="end">What ends a message.</param>
internal sealed class BoundedStream(Stream inner, MessageEnd end) : Stream
{
    /// <summary>The largest message, in bytes.</summary>
    public const int MaxMessageBytes = 8 * 1024 * 1024;

    private long _bytes;
    private byte _last;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        Count(buffer.AsSpan(offset, inner.Read(buffer, offset, count)));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        return Count(buffer.Span[..read]);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(ReadOnlySpan<byte> read)
    {
        foreach (byte b in read)
        {
            bool ends = b == '\n' && (end == MessageEnd.Line || (end == MessageEnd.BlankLine && _last == '\n'));
            _bytes = ends ? 0 : _bytes + 1;
            if (b != '\r')
                _last = b;
            if (_bytes > MaxMessageBytes)
                throw new IOException($"The MCP server sent a message of more than {MaxMessageBytes} bytes.");
        }

        return read.Length;
    }
}

/// <summary>What ends a message of an MCP server.</summary>
internal enum MessageEnd
{
    /// <summary>A line break: standard output.</summary>
    Line,

    /// <summary>A blank line: an event stream.</summary>
    BlankLine,

    /// <summary>The end of the response: a JSON document.</summary>
    Document,
}
