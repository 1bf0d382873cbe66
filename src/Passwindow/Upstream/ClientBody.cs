namespace Passwindow.Upstream;

/// <summary>A body as the HTTP client gives it.</summary>
internal sealed class ClientBody(Stream stream) : BodySource
{
    private readonly BodyBuffer _buffer = new();

    public override ValueTask<int> BeginRead(CancellationToken cancellation) => stream.ReadAsync(_buffer.Memory, cancellation);

    public override bool TryRead(int result, out ReadOnlyMemory<byte> bytes)
    {
        bytes = _buffer.Memory[..result];
        HasEnded = result == 0;
        return true;
    }

    public override void Dispose() => _buffer.Dispose();
}
