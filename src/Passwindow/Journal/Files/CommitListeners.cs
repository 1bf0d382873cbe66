namespace Passwindow.Journal.Files;

/// <summary>Who waits for a turn's line to move.</summary>
internal sealed class CommitListeners
{
    private readonly Lock _gate = new();
    private ICommitListener[] _listeners = []; // replaced, never changed: it is walked outside the lock

    /// <summary>Those who wait now.</summary>
    public ICommitListener[] All => Volatile.Read(ref _listeners);

    public IDisposable Add(ICommitListener listener)
    {
        lock (_gate)
            Volatile.Write(ref _listeners, [.. _listeners, listener]);
        return new Listening(this, listener);
    }

    private sealed class Listening(CommitListeners from, ICommitListener listener) : IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            lock (from._gate)
            {
                int index = _disposed ? -1 : Array.IndexOf(from._listeners, listener);
                _disposed = true;
                if (index >= 0)
                    Volatile.Write(ref from._listeners, [.. from._listeners[..index], .. from._listeners[(index + 1)..]]);
            }
        }
    }
}
