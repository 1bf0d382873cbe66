using System.Buffers;
using System.Text.Json;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// A turn that runs, or ran a moment ago: what its writer appended, how far it is committed, and who waits for more.
/// Three numbers tell where each event is: at or below <c>stored</c> it is in the conversation's file, at or below <c>committed</c> it is
/// durable and may be shown, above that it waits for the next commit.
/// </summary>
internal sealed class FileTurn : CommittedEventSource, ITurnWriter, ITurnReader, ICommitting
{
    private readonly Lock _gate = new();
    private readonly ICommitQueue _commits;
    private HotTail _tail;
    private readonly CommitListeners _listeners = new();
    private readonly TurnOpening _opening;
    private readonly byte[] _eventHead;
    private readonly byte[] _place; // spelled beforehand: a new write-ahead file names a thousand turns at once, while no commit can be made
    private ConversationFile _file;
    private byte[]? _unframedOpening;
    private TaskCompletionSource? _committing;
    private JournalUnavailableException? _failure;
    private long _framed;
    private long _committed;
    private long _stored;
    private long _pendingBytes;
    private long _framedBytes;
    private long _unstoredBytes;
    private HeldIn _heldIn;
    private bool _queued;
    private bool _storeClaimed;
    private bool _doneAppended;

    /// <exception cref="ArgumentException">The opening is longer than a line may be, or its JSON has line breaks.</exception>
    public FileTurn(TurnOpening opening, ICommitQueue commits, ConversationFile file, TailPages pages, long number)
    {
        _tail = new HotTail(pages);
        _opening = opening;
        _eventHead = JournalLine.EventHead(opening.Turn);
        _place = JsonSerializer.SerializeToUtf8Bytes(new TurnPlace(opening.Tenant, opening.Conversation), JournalJson.Default.TurnPlace);
        _commits = commits;
        _file = file;
        Number = number;
        _unframedOpening = opening.ToJson();
        if (_unframedOpening.Length > JournalLine.MaxBody || _unframedOpening.Contains((byte)'\n'))
            throw new ArgumentException("An opening is one JSON object without a line break, of less than 16 MiB.", nameof(opening));
    }

    /// <summary>How many turns were opened before it.</summary>
    public long Number { get; }

    /// <summary>Whether the catalog knows of it; for the commit loop only.</summary>
    public bool IsListed { get; set; }

    /// <summary>What its lines say of abandoned tokens and the catalog has not counted; for the commit loop only.</summary>
    public long UncountedAbandonedTokens { get; set; }

    public TurnOpening Opening => _opening;

    public ConversationFile File => Volatile.Read(ref _file);

    public ITurnReader Reader => this;

    public long NextSeq => _tail.Last + 1;

    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    public long Committed => Volatile.Read(ref _committed);

    public bool HasEnded
    {
        get
        {
            lock (_gate)
                return IsCommittedToTheEnd;
        }
    }

    public bool HasFailed
    {
        get
        {
            if (Volatile.Read(ref _failure) is null)
                return false; // without the lock, because every token asks
            lock (_gate)
                return !IsCommittedToTheEnd;
        }
    }

    private bool IsCommittedToTheEnd => _doneAppended && _committed == _tail.Last;

    public void Append(EventType type, ReadOnlySpan<byte> json)
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw _failure;
            if (_doneAppended)
                throw new InvalidOperationException("A turn has one end: nothing follows its done.");
            Check(type, json);
            _tail.Add(type, json);
            _pendingBytes += json.Length;
            _doneAppended = type == EventType.Done;
            if (_queued)
                return;
            _queued = true;
        }

        _commits.Enqueue(this);
    }

    public void Hurry() => _commits.Hurry();

    public async ValueTask CommitAsync()
    {
        Task waiting;
        lock (_gate)
        {
            if (_committed == _tail.Last)
                return;
            if (_failure is not null)
                throw _failure;
            _committing ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = _committing.Task;
        }

        _commits.Hurry();
        await waiting;
    }

    /// <summary>Writes what waits as lines of a commit and returns the number of the last; called by the commit loop only.</summary>
    public long Frame(LineBuffer output, long file, long batch, ref uint crc)
    {
        lock (_gate)
        {
            _queued = false;
            _heldIn.Add(file);
            if (_unframedOpening is not null)
                crc = JournalLine.WriteOpening(output, batch, _opening.Turn, _unframedOpening, crc);
            _unframedOpening = null;
            for (var events = _tail.From(_framed + 1); _framed < _tail.Last; _framed++)
            {
                var (type, json) = events.Next();
                crc = JournalLine.WriteEvent(output, batch, _eventHead, json.Span, crc);
                if (type == EventType.Usage)
                    UncountedAbandonedTokens += JournalRecord.AbandonedTokens(json.Span);
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
            if (_unframedOpening is not null || (_doneAppended && _framed == _tail.Last))
                return crc;
            return JournalLine.WriteObject(output, batch, _opening.Turn, "\"runs\":"u8, _place, crc);
        }
    }

    /// <summary>Moves the line: everything through <paramref name="seq"/> is durable. Once the turn has failed the line stays where it is.</summary>
    public void Publish(long seq, WakeUps wakeUps)
    {
        TaskCompletionSource? waiting = null;
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _pendingBytes -= _framedBytes;
            _unstoredBytes += _framedBytes;
            _framedBytes = 0;
            Volatile.Write(ref _committed, seq);
            if (seq == _tail.Last)
                (waiting, _committing) = (_committing, null);
        }

        waiting?.TrySetResult();
        wakeUps.Add(_listeners.All);
    }

    /// <summary>Nothing more will be committed.</summary>
    public void Fail(JournalUnavailableException failure)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = failure;
            (waiting, _committing) = (_committing, null);
        }

        waiting?.TrySetException(failure);
        WakeUps.HandOver(_listeners.All);
    }

    /// <inheritdoc cref="HeldIn.Oldest"/>
    public long OldestFile
    {
        get
        {
            lock (_gate)
                return _heldIn.Oldest;
        }
    }

    /// <summary>Returns how far it can be stored now; what is committed after that claims a store of its own.</summary>
    public long BeginStore()
    {
        lock (_gate)
        {
            _storeClaimed = false;
            _heldIn.BeginStore();
            return _committed;
        }
    }

    /// <summary>
    /// Writes what is not yet there, up to the committed event <paramref name="through"/>, to the conversation's file, and returns how many
    /// bytes of events; called by the checkpointer only. Appends and viewers do not wait for it.
    /// </summary>
    public long Store(long through)
    {
        ReadOnlyMemory<byte>[] events;
        long first;
        int count;
        long bytes = 0;
        lock (_gate)
        {
            first = _stored + 1;
            count = (int)Math.Max(0, through - _stored);
            events = ArrayPool<ReadOnlyMemory<byte>>.Shared.Rent(count);
            var reader = _tail.From(first);
            for (int i = 0; i < count; i++)
            {
                events[i] = reader.Next().Json;
                bytes += events[i].Length;
            }
        }

        try
        {
            if (count > 0)
                _file.Append(_opening, first, events.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<ReadOnlyMemory<byte>>.Shared.Return(events, clearArray: true);
        }

        lock (_gate)
        {
            _stored = first + count - 1;
            _unstoredBytes -= bytes;
            _heldIn.EndStore(isAll: _stored == _framed);
        }

        return bytes;
    }

    /// <summary>From now on it is stored there: its conversation's file is damaged.</summary>
    public void Divert(ConversationFile file) => Volatile.Write(ref _file, file);

    /// <summary>
    /// What is stored is synced now, so memory may let go of it, but for the latest bytes: a viewer that lags reads from the file.
    /// Returns whether the turn has ended and all of it is there.
    /// </summary>
    /// <param name="keep">How many bytes it keeps as long as it goes on.</param>
    /// <param name="keepAtEnd">How many when it has ended, if somebody still listens.</param>
    public bool Settle(int keep, int keepAtEnd)
    {
        lock (_gate)
        {
            bool hasEnded = _doneAppended && _stored == _tail.Last;
            if (!hasEnded)
            {
                _tail.ForgetThrough(_stored, keep);
                return false;
            }

            _tail.ForgetThrough(_stored, _listeners.All.Length > 0 ? keepAtEnd : 0);
            _tail.Close();
            return true;
        }
    }

    /// <summary>
    /// Whether it is time to store it: it has ended, or more than <paramref name="bytes"/> of it is not stored. Says so once until it is.
    /// </summary>
    public bool ClaimStore(int bytes)
    {
        lock (_gate)
        {
            bool due = IsCommittedToTheEnd || _unstoredBytes > bytes;
            if (!due || _storeClaimed)
                return false;
            _storeClaimed = true;
            return true;
        }
    }

    public ValueTask<int> ReadAsync(long after, CommittedBatch into, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        into.Clear();
        lock (_gate)
        {
            if (after >= _committed)
                return new(0);
            if (after + 1 >= _tail.First)
                return new(ReadHot(after, into));
        }

        return ReadFileAsync(after, into, cancellation);
    }

    public IDisposable Listen(ICommitListener listener) => _listeners.Add(listener);

    // A line with another number, or two in one, would make the whole write-ahead file unreadable: better refuse it here.
    private void Check(EventType type, ReadOnlySpan<byte> json)
    {
        if (json.Length > JournalLine.MaxBody || json.Contains((byte)'\n'))
            throw new ArgumentException("An event is one JSON object without a line break, of less than 16 MiB.", nameof(json));
        if (EventJson.BeginsAs(json, type, _tail.Last + 1))
            return;
        if (EventJson.GetInt64(json, "seq"u8) != _tail.Last + 1)
            throw new ArgumentException($"The next event of turn {_opening.Turn} bears the number {_tail.Last + 1}.", nameof(json));
        if (JournalRecord.IsDone(json) != (type == EventType.Done))
            throw new ArgumentException("The event's JSON says another type.", nameof(type));
    }

    // A file blocks whoever reads it, and the caller may be on a thread that all others wait for.
    private async ValueTask<int> ReadFileAsync(long after, CommittedBatch into, CancellationToken cancellation)
    {
        await Task.Yield();
        return await File.ReadAsync(_opening.Turn, after, into, cancellation);
    }

    private int ReadHot(long after, CommittedBatch into)
    {
        var events = _tail.From(after + 1);
        while (after < _committed && !into.IsFull)
        {
            var (type, json) = events.Next();
            into.Add(AsCommitted(_opening.Turn, ++after, type, into.Keep(json.Span)));
        }

        return into.Count;
    }
}
