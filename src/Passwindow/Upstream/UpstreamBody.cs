using System.Buffers;
using System.Net;
using Passwindow.Upstream.Http1;

namespace Passwindow.Upstream;

/// <summary>
/// The body of one answer. Cancelling takes three things, none of which suffices alone: the token on a pending read (HTTP/1.1), disposing
/// the response (HTTP/2), and no draining. Between two reads there is nothing to cancel, so the connection is closed from the token itself.
/// </summary>
internal sealed class UpstreamBody : IDisposable
{
    /// <summary>What is read at most behind an answer's end, so that its connection can be used again.</summary>
    private const int MaxRestBytes = 64 * 1024;

    private const int Idle = 0;
    private const int Reading = 1;
    private const int Closed = 2;

    /// <summary>How long what is behind an answer's end may take.</summary>
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(1);

    private readonly HttpResponseMessage _response;
    private readonly Stream _stream;
    private readonly AnswerConnection? _connection;
    private readonly BodySource _source;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private CancellationToken _readCancellation;
    private int _state;
    private volatile bool _isCancelled; // a field of ours, because every token asks

    private UpstreamBody(HttpResponseMessage response, Stream stream, AnswerConnection? connection, CancellationToken cancellation)
    {
        _response = response;
        _stream = stream;
        _connection = connection;
        _source = connection is null ? new ClientBody(stream) : new ChunkedBody(connection);
        _cancellation = _readCancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static body => ((UpstreamBody)body!).Cancel(), this);
    }

    /// <summary>Takes the response over, whatever comes of it.</summary>
    /// <param name="response">The response, of which the head has come.</param>
    /// <param name="connection">The connection over which it comes, if that lets its body be read past the client.</param>
    /// <param name="cancellation">Closes the connection.</param>
    public static async ValueTask<UpstreamBody> OpenAsync(HttpResponseMessage response, AnswerConnection? connection, CancellationToken cancellation)
    {
        try
        {
            var taken = IsChunked(response) && connection is { IsAtBody: true } ? connection : null;
            return new(response, await response.Content.ReadAsStreamAsync(cancellation), taken, cancellation);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Waits for bytes, copies them, and gives how many there were: none at the end.</summary>
    public async ValueTask<int> ReadAsync(IBufferWriter<byte>? into)
    {
        while (true)
        {
            try
            {
                if (!TryRead(await BeginRead(), out var bytes))
                    continue;
                into?.Write(bytes.Span);
                return bytes.Length;
            }
            finally
            {
                EndRead();
            }
        }
    }

    /// <inheritdoc cref="BodySource.BeginRead"/>
    /// <remarks><see cref="EndRead"/> must follow, whatever comes of it.</remarks>
    public ValueTask<int> BeginRead()
    {
        if (!TryBegin())
            throw new OperationCanceledException(_cancellation);
        return _source.BeginRead(_readCancellation);
    }

    /// <inheritdoc cref="BodySource.TryRead"/>
    public bool TryRead(int result, out ReadOnlyMemory<byte> bytes) => _source.TryRead(result, out bytes);

    /// <summary>A read is over.</summary>
    public void EndRead()
    {
        Interlocked.CompareExchange(ref _state, Idle, Reading);

        // The token's own close passed by while we were reading.
        if (_isCancelled)
            CloseIfIdle();
    }

    /// <summary>
    /// The answer is whole. The little that may follow its last event is read, by nobody who waits for it: then the connection takes the next question, and
    /// that one waits for no handshake.
    /// </summary>
    public async Task FinishAsync(TimeProvider time)
    {
        using var limit = new CancellationTokenSource(RestLimit, time);
        using var late = limit.Token.UnsafeRegister(static body => ((UpstreamBody)body!).Cancel(), this);
        _readCancellation = limit.Token;
        try
        {
            for (int rest = 0; !_source.HasEnded && rest < MaxRestBytes;)
                rest += await ReadAsync(into: null);
            if (_connection is not null && Interlocked.CompareExchange(ref _state, Closed, Idle) == Idle)
                _ = await _stream.ReadAsync(new byte[1], limit.Token); // the end, which the client has not seen yet; then the connection is its own again
        }
        catch (Exception)
        {
            // Then it takes no other question.
        }
        finally
        {
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        Volatile.Write(ref _state, Closed);
        Close();
        _source.Dispose();
    }

    private static bool IsChunked(HttpResponseMessage response) =>
        response.Headers.TransferEncodingChunked == true && response.Headers.TransferEncoding.Count == 1 && response.StatusCode != HttpStatusCode.NoContent;

    private bool TryBegin() => Interlocked.CompareExchange(ref _state, Reading, Idle) == Idle;

    private void Cancel()
    {
        _isCancelled = true;

        // Who reads there learns it so. Once nobody reads any more the connection may be another's already.
        if (!CloseIfIdle() && _connection is not null && Interlocked.CompareExchange(ref _state, Closed, Reading) == Reading)
            _connection.Dispose();
    }

    private bool CloseIfIdle()
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Idle) != Idle)
            return false;
        Close();
        return true;
    }

    private void Close()
    {
        _stream.Dispose();
        _response.Dispose();
    }
}
