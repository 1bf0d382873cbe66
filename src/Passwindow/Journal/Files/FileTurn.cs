using System.Text.Json;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// A turn that runs, or ran a moment ago: what its writer appended, how far it is committed, and who waits for more.
/// Three numbers tell where each event is: at or below <c>stored</c> it is in the conversation's file, at or below <c>committed</c> it is
/// durable and may be shown, above that it waits for the next commit.
/// </summary>
internal sealed class FileTurn(TurnOpening opening, ICommitQueue commits, ConversationFile file) : CommittedEventSource, ITurnWriter, ITurnReader
{
    private readonly Lock _gate = new();
    private readonly Lock _storing = new(); // taken before _gate, and kept over the write
    private readonly HotTail _tail = new();
    private ICommitListener[] _listeners = [];
    private TaskCompletionSource? _committing;
    private long _framed;
    private long _committed;
    private long _stored;
    private long _pendingBytes;
    private long _framedBytes;
    private bool _openingFramed;
    private bool _queued;
    private bool _storeClaimed;
    private bool _doneAppended;
    private bool _failed;
    private JournalUnavailableException? _failure;

    public TurnOpening Opening => opening;

    public ConversationFile File => file;

    public ITurnReader Reader => this;

    public long NextSeq => _tail.Last + 1;

    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    public long Committed => Volatile.Read(ref _committed);

    public bool HasEnded
    {
        get
        {
            lock (_gate)
                return _doneAppended && _committed == _tail.Last;
        }
    }

    public bool HasFailed => Volatile.Read(ref _failed);

    /// <summary>Whether all of it is in the conversation's file, so that this object is no longer needed.</summary>
    public bool IsStored
    {
        get
        {
            lock (_gate)
                return _doneAppended && _stored == _tail.Last;
        }
    }

    public void Append(EventType type, ReadOnlySpan<byte> json)
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw _failure;
            if (_doneAppended)
                throw new InvalidOperationException("A turn has one end: nothing follows its done.");
            _tail.Add(type, json);
            _pendingBytes += json.Length;
            _doneAppended = type == EventType.Done;
            if (_queued)
                return;
            _queued = true;
        }

        commits.Enqueue(this);
    }

    public async ValueTask CommitAsync()
    {
        Task waiting;
        lock (_gate)
        {
            if (_failure is not null)
                throw _failure;
            if (_committed == _tail.Last)
                return;
            _committing ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = _committing.Task;
        }

        await waiting;
    }

    /// <summary>Writes what waits as lines of a commit and returns the number of the last; called by the commit loop only.</summary>
    public long Frame(LineBuffer output, long batch, ref uint crc)
    {
        lock (_gate)
        {
            _queued = false;
            if (!_openingFramed)
            {
                crc = JournalLine.WriteOpening(output, batch, opening, crc);
                _openingFramed = true;
            }

            while (_framed < _tail.Last)
            {
                _framed++;
                var json = _tail[_framed].Json.Span;
                crc = JournalLine.WriteEvent(output, batch, opening.Turn, json, crc);
                _framedBytes += json.Length;
            }

            return _framed;
        }
    }

    /// <summary>Writes that the turn goes on in the write-ahead file that begins; called by the commit loop only.</summary>
    public uint FrameRuns(LineBuffer output, long batch, uint crc)
    {
        lock (_gate)
        {
            // One that has no line yet begins in the new file; one that has ended needs no end from recovery.
            if (!_openingFramed || (_doneAppended && _framed == _tail.Last))
                return crc;
            byte[] place = JsonSerializer.SerializeToUtf8Bytes(new TurnPlace(opening.Tenant, opening.Conversation), JournalJson.Default.TurnPlace);
            return JournalLine.WriteObject(output, batch, opening.Turn, "\"runs\":"u8, place, crc);
        }
    }

    /// <summary>Moves the line: everything through <paramref name="seq"/> is durable.</summary>
    public void Publish(long seq)
    {
        TaskCompletionSource? waiting = null;
        ICommitListener[] listeners;
        lock (_gate)
        {
            _pendingBytes -= _framedBytes;
            _framedBytes = 0;
            Volatile.Write(ref _committed, seq);
            listeners = _listeners;
            if (seq == _tail.Last)
                (waiting, _committing) = (_committing, null);
        }

        waiting?.TrySetResult();
        foreach (var listener in listeners)
            listener.OnCommitted();
    }

    /// <summary>Nothing more will be committed.</summary>
    public void Fail(JournalUnavailableException failure)
    {
        TaskCompletionSource? waiting;
        ICommitListener[] listeners;
        lock (_gate)
        {
            _failure ??= failure;
            Volatile.Write(ref _failed, _committed < _tail.Last || !_doneAppended);
            listeners = _listeners;
            (waiting, _committing) = (_committing, null);
        }

        waiting?.TrySetException(failure);
        foreach (var listener in listeners)
            listener.OnCommitted();
    }

    /// <summary>Writes what is committed and not yet there to the conversation's file. Appends and viewers do not wait for it.</summary>
    public void Store()
    {
        lock (_storing)
        {
            var events = new List<ReadOnlyMemory<byte>>();
            long first;
            lock (_gate)
            {
                _storeClaimed = false;
                first = _stored + 1;
                for (long seq = first; seq <= _committed; seq++)
                    events.Add(_tail[seq].Json);
            }

            if (events.Count == 0)
                return;
            file.Append(opening, first, events);
            lock (_gate)
                _stored = first + events.Count - 1;
        }
    }

    /// <summary>Lets go of stored events once they fill more than <paramref name="bytes"/>: a viewer that lags reads them from the file.</summary>
    public void Trim(int bytes)
    {
        lock (_gate)
        {
            if (_tail.Bytes > bytes)
                _tail.ForgetThrough(_stored);
        }
    }

    /// <summary>
    /// Whether it is time to store it: it has ended, or more than <paramref name="hotBytes"/> of it is in memory. Says so once until it is stored.
    /// </summary>
    public bool ClaimStore(int hotBytes)
    {
        lock (_gate)
        {
            bool due = _doneAppended ? _committed == _tail.Last : _tail.Bytes > hotBytes;
            if (!due || _storeClaimed)
                return false;
            _storeClaimed = true;
            return true;
        }
    }

    public ValueTask<int> ReadAsync(long after, Memory<CommittedEvent> into, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (after >= _committed)
                return new(0);
            if (after + 1 >= _tail.First)
                return new(ReadHot(after, into.Span));
        }

        return file.ReadAsync(opening.Turn, after, into, cancellation);
    }

    public IDisposable Listen(ICommitListener listener)
    {
        lock (_gate)
            _listeners = [.. _listeners, listener];
        return new Listening(this, listener);
    }

    private int ReadHot(long after, Span<CommittedEvent> into)
    {
        int count = (int)Math.Min(into.Length, _committed - after);
        for (int i = 0; i < count; i++)
        {
            var (type, json) = _tail[after + 1 + i];
            into[i] = AsCommitted(opening.Turn, after + 1 + i, type, json);
        }

        return count;
    }

    private sealed class Listening(FileTurn turn, ICommitListener listener) : IDisposable
    {
        public void Dispose()
        {
            lock (turn._gate)
            {
                int index = Array.IndexOf(turn._listeners, listener);
                if (index >= 0)
                    turn._listeners = [.. turn._listeners[..index], .. turn._listeners[(index + 1)..]];
            }
        }
    }
}

/// <summary>Where a turn that has something to commit queues.</summary>
internal interface ICommitQueue
{
    void Enqueue(FileTurn turn);
}
