using Passwindow.Upstream.Http1;

namespace Passwindow.Upstream;

/// <summary>A body in chunks that is read past the client: beneath TLS as it comes, else once something is there, into what all answers on a thread are read into.</summary>
internal sealed class ChunkedBody(AnswerConnection connection) : BodySource
{
    /// <summary>What one read takes at most: some dozens of tokens.</summary>
    private const int SharedBytes = 16 * 1024;

    [ThreadStatic]
    private static byte[]? t_shared; // at hand for the processor, where that of one answer among a thousand is not

    private readonly ChunkDecoder _chunks = new();
    private readonly BodyBuffer? _own = connection.IsLooped ? null : new();

    public override ValueTask<int> BeginRead(CancellationToken cancellation)
    {
        if (HasEnded)
            return new(0);
        return _own is null ? connection.ReadyAsync() : connection.ReadBodyAsync(_own.Memory);
    }

    public override bool TryRead(int result, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (HasEnded)
            return true;
        var buffer = _own?.Memory ?? (t_shared ??= new byte[SharedBytes]);
        int count = _own is null ? connection.Receive(buffer.Span) : result;
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
