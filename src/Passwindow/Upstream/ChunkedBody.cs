using Passwindow.Upstream.Http1;
using Passwindow.Upstream.Loops;

namespace Passwindow.Upstream;

/// <summary>A body in chunks that is read past the client: beneath TLS as it comes, else once something is there, into what all answers on a thread are read into.</summary>
internal sealed class ChunkedBody(AnswerConnection connection) : BodySource
{
    /// <summary>What one read takes at most: some dozens of tokens.</summary>
    private const int SharedBytes = 16 * 1024;

    [ThreadStatic]
    private static byte[]? t_shared; // at hand for the processor, where that of one answer among a thousand is not

    private readonly BodyBuffer? _own = connection.IsLooped ? null : new();
    private ChunkDecoder _chunks = new(); // a value: of a thousand answers each object on the way is out of the processor's caches
    private LoopStream? _direct; // past the connection, once nothing is kept there

    public override ValueTask<int> BeginRead(CancellationToken cancellation)
    {
        if (HasEnded)
            return new(0);
        if (_own is not null)
            return connection.ReadBodyAsync(_own.Memory);
        _direct ??= connection.Direct;
        return _direct is null ? new(0) : _direct.ReadyAsync();
    }

    public override bool TryRead(int result, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (HasEnded)
            return true;
        var buffer = _own?.Memory ?? (t_shared ??= new byte[SharedBytes]);
        int count = _own is not null ? result : _direct?.Receive(buffer.Span) ?? connection.TakeKept(buffer.Span);
        if (count < 0)
            return false;
        if (count == 0)
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The connection was closed within the answer.");
        int length = _chunks.Decode(buffer.Span[..count], out int taken);
        if (_chunks.IsOver)
        {
            HasEnded = true;
            connection.EndBody("0\r\n\r\n"u8, buffer.Span[taken..count]);
        }

        bytes = buffer[..length];
        return length > 0 || HasEnded;
    }

    public override void Dispose() => _own?.Dispose();
}
