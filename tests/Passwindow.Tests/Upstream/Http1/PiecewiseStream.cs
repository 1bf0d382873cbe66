using System.Text;
using Passwindow.Upstream;

namespace Passwindow.Tests.Upstream.Http1;

/// <summary>A peer that sends each piece in a segment of its own, and then closes unless it is told to send more.</summary>
internal sealed class PiecewiseStream(params string[] pieces) : AsyncStream
{
    private readonly Queue<byte[]> _pieces = new(pieces.Where(static piece => piece.Length > 0).Select(Encoding.Latin1.GetBytes));
    private readonly SemaphoreSlim _sent = new(0);

    /// <summary>What was written to it.</summary>
    public StringBuilder Written { get; } = new();

    /// <summary>Whether a read waits for <see cref="Send"/> where nothing is left.</summary>
    public bool WaitsForMore { get; init; }

    public bool IsDisposed { get; private set; }

    public void Send(string piece)
    {
        _pieces.Enqueue(Encoding.Latin1.GetBytes(piece));
        _sent.Release();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (WaitsForMore)
            await _sent.WaitAsync(cancellationToken);
        if (buffer.IsEmpty || !_pieces.TryPeek(out byte[]? piece))
            return 0;
        if (piece.Length > buffer.Length)
            throw new InvalidOperationException("The test reads into too little.");
        piece.CopyTo(buffer);
        return _pieces.Dequeue().Length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Written.Append(Encoding.Latin1.GetString(buffer.Span));
        return ValueTask.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        _sent.Dispose();
        base.Dispose(disposing);
    }
}
