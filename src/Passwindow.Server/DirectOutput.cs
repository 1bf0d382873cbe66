using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Passwindow.Server;

/// <summary>
/// What a client is sent, given to the kernel by who flushes it. Kestrel's own output wakes a loop that hands the bytes to a socket's asynchronous operation:
/// at 200 streams that was a tenth of what a token cost. What the kernel does not take at once goes that way still.
/// </summary>
/// <param name="socket">The connection's socket. It must not block.</param>
/// <param name="inner">The connection's output, whose flush completes once the kernel has taken all that was written to it.</param>
internal sealed partial class DirectOutput(Socket socket, PipeWriter inner) : PipeWriter
{
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL (send(2)): a client that is gone is an error, not the process's end

    private readonly SafeSocketHandle _handle = socket.SafeHandle;
    private RentedBuffer _buffer = new();
    private int _length;
    private volatile bool _isBehind;
    private volatile bool _isCanceled;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _length;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _buffer.Bytes.Length - _length);
        _length += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.Bytes.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.Bytes.AsSpan(_length);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);

        // Until the rest of an earlier flush has gone, nothing may overtake it.
        int sent = _isBehind ? 0 : Send(_buffer.Bytes.AsSpan(0, _length));
        if (!_isBehind && sent == _length)
        {
            Release();
            return new(new FlushResult(TakeCanceled(), isCompleted: false));
        }

        _isBehind = true;
        HandOver(sent);
        return FlushInnerAsync(cancellationToken);
    }

    /// <summary>Has taken all of it when it returns, sent or copied.</summary>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_length > 0 || _isBehind || cancellationToken.IsCancellationRequested)
        {
            this.Write(source.Span);
            return FlushAsync(cancellationToken);
        }

        int sent = Send(source.Span);
        if (sent == source.Length)
            return new(new FlushResult(TakeCanceled(), isCompleted: false));
        _isBehind = true;
        inner.Write(source.Span[sent..]);
        return FlushInnerAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        if (_isBehind)
            inner.CancelPendingFlush();
        else
            _isCanceled = true;
    }

    public override void Complete(Exception? exception = null)
    {
        HandOver();
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        HandOver();
        return inner.CompleteAsync(exception);
    }

    private async ValueTask<FlushResult> FlushInnerAsync(CancellationToken cancellationToken)
    {
        var result = await inner.FlushAsync(cancellationToken);
        _isBehind = result.IsCanceled || result.IsCompleted;
        return result;
    }

    /// <summary>Sends what the kernel takes, and gives how much; not all if the connection is broken: its own output tells so.</summary>
    private int Send(ReadOnlySpan<byte> bytes)
    {
        int sent = 0;
        while (sent < bytes.Length && TrySend(bytes[sent..]) is > 0 and var count)
            sent += count;
        return sent;
    }

    private int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Past .NET's socket, which counts and logs: two objects less that a token passes by. The handle is guarded as it would be there.
            if (OperatingSystem.IsLinux())
                return (int)Send(_handle, bytes, bytes.Length, NoSignal);
            int count = socket.Send(bytes, SocketFlags.None, out var error);
            return error == SocketError.Success ? count : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0; // aborted meanwhile
        }
    }

    /// <summary>Gives on what is behind the bytes that were sent.</summary>
    private void HandOver(int sent = 0)
    {
        if (sent < _length) // an output that is completed may be again, but not be written to
            inner.Write(_buffer.Bytes.AsSpan(sent, _length - sent));
        Release();
    }

    private void Release()
    {
        _length = 0;
        _buffer.Return();
    }

    private void MakeRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_buffer.Bytes.Length - _length >= Math.Max(1, sizeHint))
            return;
        _buffer.Grow(_length, _length + Math.Max(RentedBuffer.BlockSize, sizeHint));
    }

    private bool TakeCanceled()
    {
        bool wasCanceled = _isCanceled;
        _isCanceled = false;
        return wasCanceled;
    }

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, nint length, int flags);
}
