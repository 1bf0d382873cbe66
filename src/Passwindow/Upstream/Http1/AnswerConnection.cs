using Passwindow.Upstream.Loops;

namespace Passwindow.Upstream.Http1;

/// <summary>
/// An HTTP/1.1 connection as .NET's client sees it, which keeps back a body in chunks: so who got the response may read its body right here,
/// without the client's two state machines and their objects for every read. The client gets the end of the body, and goes on as if it had read it all.
/// </summary>
/// <param name="inner">The connection, beneath which TLS may be.</param>
internal sealed class AnswerConnection(Stream inner) : AsyncStream
{
    private byte[] _kept = [];
    private int _keptStart;
    private int _keptEnd;
    private bool _keepsBack;
    private ResponseHead _head = new();

    /// <summary>Whether a body in chunks is to be read here, with <see cref="ReadBodyAsync"/>; not once the client reads it.</summary>
    public bool IsAtBody { get; private set; }

    /// <summary>Whether what follows the head can be taken when it is there, into whatever is at hand then: first with <see cref="TakeKept"/>, then from <see cref="Direct"/>.</summary>
    public bool IsLooped => inner is LoopStream;

    /// <summary>What the rest of the body can be read from; null as long as some of it is kept here.</summary>
    public LoopStream? Direct => HasKept ? null : inner as LoopStream;

    /// <summary>Takes what is kept, as far as there is room, and gives how much that was.</summary>
    public int TakeKept(Span<byte> into)
    {
        int count = Math.Min(into.Length, _keptEnd - _keptStart);
        _kept.AsSpan(_keptStart, count).CopyTo(into);
        _keptStart += count;
        if (_keptStart == _keptEnd)
            (_kept, _keptStart, _keptEnd) = ([], 0, 0);
        return count;
    }

    /// <summary>What follows the head, byte for byte. It cannot be cancelled but by disposing the connection.</summary>
    public ValueTask<int> ReadBodyAsync(Memory<byte> buffer) => HasKept ? new(TakeKept(buffer.Span)) : inner.ReadAsync(buffer, CancellationToken.None);

    /// <summary>The body was read to its end: gives the client an end that it can read, and what came behind it.</summary>
    public void EndBody(ReadOnlySpan<byte> end, ReadOnlySpan<byte> behind)
    {
        Keep(behind);
        Keep(end);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        IsAtBody = false;
        if (buffer.IsEmpty)
            return HasKept ? 0 : await inner.ReadAsync(buffer, cancellationToken);
        int count = TakeKept(buffer.Span);
        if (count == 0)
        {
            (inner as LoopStream)?.LookAgain(); // the client reads heads, and looks so whether a connection is still there
            count = await inner.ReadAsync(buffer, cancellationToken);
        }

        return _keepsBack ? KeepBodyBack(buffer.Span[..count]) : count;
    }

    /// <summary>A request: what comes next is a head.</summary>
    /// <exception cref="IOException">There is something before the next head that nobody asked for, and that would be taken for an answer. The client cannot see it: it is kept here.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HasKept)
        {
            Dispose();
            return ValueTask.FromException(new IOException("The provider sent more than its last answer."));
        }

        (_keepsBack, _head) = (true, new ResponseHead());
        SentRequest.Tell(this);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Gives how much of that is for the client, and keeps the rest, if that is a body in chunks. Of any other the client alone knows the end, and must see what is too much.</summary>
    private int KeepBodyBack(ReadOnlySpan<byte> bytes)
    {
        if (!_head.TryEnd(bytes, out int length))
            return bytes.Length;
        _keepsBack = false;
        if (!_head.IsChunked)
            return bytes.Length;
        IsAtBody = true;
        Keep(bytes[length..]);
        return length;
    }

    private bool HasKept => _keptStart < _keptEnd;

    /// <summary>Keeps that, before what is kept already.</summary>
    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        byte[] kept = [.. bytes, .. _kept.AsSpan(_keptStart, _keptEnd - _keptStart)];
        (_kept, _keptStart, _keptEnd) = (kept, 0, kept.Length);
    }
}
