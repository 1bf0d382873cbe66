using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Passwindow.Upstream.Loops;

/// <summary>
/// A connection whose socket a <see cref="ReadLoop"/> waits for. Who waits for a read goes on on the loop's thread, and must not block there. One read and
/// one write at a time, as of any stream.
/// </summary>
internal sealed partial class LoopStream : AsyncStream, IValueTaskSource<int>
{
    private const int Interrupted = 4; // EINTR
    private const int WouldBlock = 11; // EAGAIN
    private const int Peek = 2;        // MSG_PEEK
    private const int HeadAndFirstToken = 2;
    private const uint Ends = Epoll.PeerClosed | Epoll.HungUp | Epoll.Error;

    private readonly ReadLoop _loop;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly Lock _gate = new();
    private readonly Writing _writing;
    private Acknowledging _acknowledging;
    private ManualResetValueTaskSourceCore<int> _read;
    private CancellationTokenRegistration _canceling;
    private Memory<byte> _into;
    private ulong _key; // 0: not watched yet
    private bool _isWriting = true; // until it is connected
    private bool _isReading;
    private bool _isWaiting; // and takes by itself what there is
    private bool _mayHaveMore;
    private int _justReadBy; // a thread that need not ask the socket again, for it has just done so; 0 for none
    private bool _isEnding;
    private bool _isClosed;
    private int _awaited; // how many reads are still somebody's who waits before an empty screen

    private LoopStream(ReadLoop loop, Socket socket)
    {
        _loop = loop;
        _socket = socket;
        _descriptor = (int)socket.Handle;
        _writing = new(socket);
        _acknowledging = new(socket);
    }

    /// <inheritdoc cref="Acknowledging.AreDelayed"/>
    public bool AreAcknowledgementsDelayed => _acknowledging.AreDelayed;

    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async ValueTask<LoopStream> ConnectAsync(ReadLoop loop, IPEndPoint endpoint, CancellationToken cancellation)
    {
        // Not connected asynchronously: .NET would wait for the socket itself from then on.
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        var stream = new LoopStream(loop, socket);
        try
        {
            stream.BeginConnect(endpoint);
            await using (cancellation.UnsafeRegister(static stream => ((LoopStream)stream!).Dispose(), stream))
                await stream._writing.ConnectedAsync();
            return stream;
        }
        catch (ObjectDisposedException)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has the next read ask the socket, even on a thread that has just read it: so a connection that ended meanwhile takes no other request.</summary>
    public void LookAgain() => _justReadBy = 0;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            cancellationToken.ThrowIfCancellationRequested();
            if (_isReading)
                throw new InvalidOperationException("The connection is being read already.");
            // A connection that lay idle may have ended without our having been told yet: then it must not take another request.
            _mayHaveMore |= _justReadBy != Environment.CurrentManagedThreadId;
            if (TryRead(buffer.Span, out int count, out var failure))
                return failure is null ? new(count) : ValueTask.FromException<int>(failure);
            _read.Reset();
            _into = buffer;
            _isReading = true;
            if (cancellationToken.CanBeCanceled)
                _canceling = cancellationToken.UnsafeRegister(static (stream, token) => ((LoopStream)stream!).End(new OperationCanceledException(token)), this);
            return new(this, _read.Version);
        }
    }

    /// <summary>Waits until there is something to <see cref="Receive(Span{byte})"/>, if only the end. It cannot be cancelled but by disposing the connection.</summary>
    public ValueTask<int> ReadyAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_isReading)
                throw new InvalidOperationException("The connection is being read already.");
            if (_mayHaveMore)
                return new(0);
            _read.Reset();
            _isReading = _isWaiting = true;
            return new(this, _read.Version);
        }
    }

    /// <summary>Takes what is there and gives how much, none of it at the end; -1 if nothing is.</summary>
    /// <exception cref="IOException">The connection is broken.</exception>
    public int Receive(Span<byte> into)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (!TryRead(into, out int count, out var failure))
                return -1;
            return failure is null ? count : throw failure;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            cancellationToken.ThrowIfCancellationRequested();
            _acknowledging.OnWriting();
            Await(HeadAndFirstToken);
            var writing = _writing.Begin(buffer);
            _isWriting = _writing.IsUnderWay;
            return writing;
        }
    }

    /// <summary>Something happened to the socket; called by the loop.</summary>
    public void OnHappened(uint what)
    {
        bool hasRead = false;
        int count = 0;
        Exception? failure = null;
        bool hasWritten;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isEnding |= (what & Ends) != 0;
            _mayHaveMore |= _isEnding || (what & Epoll.Readable) != 0;
            if (_isReading && (_isWaiting ? _mayHaveMore : TryRead(_into.Span, out count, out failure)))
                hasRead = EndsRead();
            if (hasRead && _awaited > 1)
                Await(_awaited - 1);
            hasWritten = _isWriting && (what & (Epoll.Writable | Ends)) != 0 && _writing.TryGoOn();
            _isWriting &= !hasWritten;
        }

        if (hasWritten)
            _writing.Complete();
        if (!hasRead)
            return;
        _justReadBy = Environment.CurrentManagedThreadId;
        Complete(count, failure, here: true);
        _justReadBy = 0;
    }

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        Leave();
        base.Dispose(disposing);
    }

    private void Await(int reads)
    {
        _loop.Await(_key, _descriptor);
        _awaited = reads;
    }

    private void Leave()
    {
        bool wasWriting;
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            wasWriting = _writing.Abandon();
            if (_key != 0)
                _loop.Forget(_key, _descriptor);
            _socket.Dispose();
        }

        if (wasWriting)
            _writing.Complete();
        End(new ObjectDisposedException(nameof(LoopStream)));
    }

    private void BeginConnect(IPEndPoint endpoint)
    {
        lock (_gate)
        {
            try
            {
                _socket.Connect(endpoint);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // What the socket says once it is writable tells how it went.
            }

            _key = _loop.Add(this, _descriptor);
        }
    }

    /// <summary>Reads what is there; false if nothing is.</summary>
    private bool TryRead(Span<byte> into, out int count, out Exception? failure)
    {
        (count, failure) = (0, null);
        if (!_mayHaveMore)
            return false;
        // Who reads nothing asks whether there is something.
        bool looks = into.IsEmpty;
        Span<byte> one = stackalloc byte[1];
        _acknowledging.OnReading();

        // Past .NET's sockets, which count, log and guard what our lock guards already.
        do
            count = (int)(looks ? Receive(_descriptor, one, 1, Peek) : Receive(_descriptor, into, into.Length, flags: 0));
        while (count < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (count < 0 && Marshal.GetLastPInvokeError() == WouldBlock)
        {
            _mayHaveMore = false;
            return false;
        }

        if (looks && count >= 0)
        {
            count = 0;
            return true;
        }

        if (count > 0)
            _acknowledging.OnRead(count);

        // epoll(7): of a stream, less than was asked for means that this was all. What comes later is told again; only the end has been told once and for all.
        _isEnding |= count == 0;
        if (count < into.Length && !_isEnding)
            _mayHaveMore = false;
        if (count < 0)
        {
            var reason = new Win32Exception(Marshal.GetLastPInvokeError());
            failure = new IOException(reason.Message, reason);
        }

        return true;
    }

    /// <summary>A read that is under way ends so, if one is; elsewhere, for who ends it may hold anything.</summary>
    private void End(Exception failure)
    {
        lock (_gate)
        {
            if (!EndsRead())
                return;
        }

        Complete(0, failure, here: false);
    }

    private bool EndsRead()
    {
        if (!_isReading)
            return false;
        _isReading = _isWaiting = false;
        _into = default;
        _canceling.Unregister();
        _canceling = default;
        return true;
    }

    // Only who ended the read comes here, so nobody else touches the source.
    private void Complete(int count, Exception? failure, bool here)
    {
        _read.RunContinuationsAsynchronously = !here;
        if (failure is null)
            _read.SetResult(count);
        else
            _read.SetException(failure);
    }

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, Span<byte> into, nint length, int flags);
}
