using System.Buffers;

namespace Passwindow.Upstream;

/// <summary>
/// The body of one answer. Cancelling takes three things, none of which suffices alone: the token on a pending read (HTTP/1.1), disposing
/// the response (HTTP/2), and no draining. Between two reads there is nothing to cancel, so the connection is closed from the token itself.
/// </summary>
internal sealed class UpstreamBody : IDisposable
{
    /// <summary>What one read takes at most. Small: every running turn holds one, and 10,000 of them then hold 40 MiB.</summary>
    private const int BufferSize = 4096;

    private const int Idle = 0;
    private const int Reading = 1;
    private const int Closed = 2;

    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _state;
    private int _returned;

    private UpstreamBody(HttpResponseMessage response, Stream stream, CancellationToken cancellation)
    {
        _response = response;
        _stream = stream;
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static body => ((UpstreamBody)body!).CloseIfIdle(), this);
    }

    /// <summary>Takes the response over, whatever comes of it.</summary>
    public static async ValueTask<UpstreamBody> OpenAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            return new(response, await response.Content.ReadAsStreamAsync(cancellation), cancellation);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Waits for bytes; empty at the end. They are valid until the next read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        try
        {
            return Read(await BeginRead());
        }
        finally
        {
            EndRead();
        }
    }

    /// <summary>
    /// The same in parts, for who reads for every token and waits in a method of its own already: waits for bytes and gives their number, which
    /// <see cref="Read"/> turns into them. <see cref="EndRead"/> must follow, whatever comes of it.
    /// </summary>
    public ValueTask<int> BeginRead() => Interlocked.CompareExchange(ref _state, Reading, Idle) == Idle
        ? _stream.ReadAsync(_buffer, _cancellation)
        : throw new OperationCanceledException(_cancellation);

    /// <summary>The bytes of the last read.</summary>
    public ReadOnlyMemory<byte> Read(int length) => _buffer.AsMemory(0, length);

    /// <summary>A read is over.</summary>
    public void EndRead()
    {
        Interlocked.CompareExchange(ref _state, Idle, Reading);

        // The token's own close passed by while we were reading.
        if (_cancellation.IsCancellationRequested)
            CloseIfIdle();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        CloseIfIdle();
        if (Interlocked.Exchange(ref _returned, 1) == 0)
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
    }

    private void CloseIfIdle()
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Idle) != Idle)
            return;

        _stream.Dispose();
        _response.Dispose();
    }
}
