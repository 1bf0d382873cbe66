using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Passwindow.Upstream.Loops;

/// <summary>
/// What a <see cref="LoopStream"/> waits for that its socket can be written: to be connected, then to take the rest of a write. Its methods are called under
/// that stream's lock, but for <see cref="Complete"/>. Who waits goes on on the thread pool: it happens once or twice in an answer.
/// </summary>
internal sealed class Writing(Socket socket) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private ReadOnlyMemory<byte> _rest;
    private Exception? _failure;
    private bool _isConnecting = true;

    /// <summary>Whether somebody waits.</summary>
    public bool IsUnderWay { get; private set; } = true;

    /// <summary>Completes once the socket is connected; for one who comes once, before all writes, and without the lock.</summary>
    public ValueTask ConnectedAsync() => new(this, _source.Version);

    public ValueTask Begin(ReadOnlyMemory<byte> bytes)
    {
        if (IsUnderWay)
            throw new InvalidOperationException("The connection is being written already.");
        _rest = bytes;
        if (TrySend())
            return _failure is null ? ValueTask.CompletedTask : ValueTask.FromException(_failure);
        IsUnderWay = true;
        _source.Reset();
        return new(this, _source.Version);
    }

    /// <summary>The socket can be written: true if that was all somebody waited for, and <see cref="Complete"/> is to be called.</summary>
    public bool TryGoOn()
    {
        if (!IsUnderWay || !(_isConnecting ? IsConnected() : TrySend()))
            return false;
        IsUnderWay = _isConnecting = false;
        return true;
    }

    /// <summary>There will be no more; true if somebody waits, and <see cref="Complete"/> is to be called.</summary>
    public bool Abandon()
    {
        if (!IsUnderWay)
            return false;
        _failure = new ObjectDisposedException(nameof(LoopStream));
        IsUnderWay = false;
        return true;
    }

    /// <summary>Whoever waits goes on.</summary>
    public void Complete()
    {
        if (_failure is null)
            _source.SetResult(true);
        else
            _source.SetException(_failure);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private bool IsConnected()
    {
        // connect(2): what came of it is SO_ERROR, once the socket is writable.
        var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
            _failure = new SocketException((int)error);
        return true;
    }

    /// <summary>Sends what the socket takes; true once nothing is left, or it failed.</summary>
    private bool TrySend()
    {
        while (!_rest.IsEmpty)
        {
            int sent = socket.Send(_rest.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return false;
            if (error != SocketError.Success)
            {
                var reason = new SocketException((int)error);
                _failure = new IOException(reason.Message, reason);
                break;
            }

            _rest = _rest[sent..];
        }

        _rest = default;
        return true;
    }
}
