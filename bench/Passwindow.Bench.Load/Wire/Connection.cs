using System.Net.Sockets;

namespace Passwindow.Bench.Load.Wire;

/// <summary>One socket in the loop.</summary>
internal abstract class Connection(Loop loop, Socket socket)
{
    private byte[] _unsent = [];
    private int _unsentFrom;
    private int _unsentTo;
    private uint _watched = Poller.Readable;

    public bool IsOpen { get; private set; } = true;

    /// <summary>Whether the socket took less than it was given.</summary>
    public bool IsBlocked => _unsentFrom < _unsentTo;

    public int Descriptor { get; } = (int)socket.Handle;

    protected Loop Loop => loop;

    /// <summary>Something came; nothing if the other side closed.</summary>
    protected abstract void Take(ReadOnlySpan<byte> bytes);

    /// <summary>The socket takes bytes again, and none wait.</summary>
    protected virtual void Writable()
    {
    }

    public void OnReadable(byte[] buffer)
    {
        int count = socket.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        Take(error == SocketError.Success ? buffer.AsSpan(0, count) : default);
    }

    public void OnWritable()
    {
        if (IsBlocked)
        {
            int sent = socket.Send(_unsent.AsSpan(_unsentFrom, _unsentTo - _unsentFrom), SocketFlags.None, out var error);
            if (error == SocketError.Success)
                _unsentFrom += sent;
            else if (error != SocketError.WouldBlock)
                _unsentFrom = _unsentTo; // that it is gone shows in reading
            if (IsBlocked)
                return;
            Watch(Poller.Readable);
        }

        Writable();
    }

    /// <summary>Sends; what the socket does not take waits in a copy.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (!IsBlocked)
        {
            int sent = socket.Send(bytes, SocketFlags.None, out var error);
            if (error == SocketError.Success)
                bytes = bytes[sent..];
            else if (error != SocketError.WouldBlock)
                return; // that it is gone shows in reading
            if (bytes.IsEmpty)
                return;
            _unsentFrom = _unsentTo = 0;
        }

        if (_unsent.Length < _unsentTo + bytes.Length)
            Array.Resize(ref _unsent, Math.Max(_unsentTo + bytes.Length, 4096));
        bytes.CopyTo(_unsent.AsSpan(_unsentTo));
        _unsentTo += bytes.Length;
        Watch(Poller.Readable | Poller.Writable);
    }

    /// <summary>Asks to be told, or no longer, that the socket takes bytes.</summary>
    protected void WatchWritable(bool watch) => Watch(watch || IsBlocked ? Poller.Readable | Poller.Writable : Poller.Readable);

    public void Close()
    {
        if (!IsOpen)
            return;
        IsOpen = false;
        loop.Remove(this);
        socket.Dispose();
    }

    private void Watch(uint events)
    {
        if (events == _watched)
            return;
        _watched = events;
        loop.Poller.Rewatch(Descriptor, events);
    }
}
