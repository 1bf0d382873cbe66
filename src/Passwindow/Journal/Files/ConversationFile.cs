using System.Buffers;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// One conversation's file: <c>conversations/TENANT/CONVERSATION.jsonl</c>. Events come here from the write-ahead file once they are
/// committed, so this file may always be behind, never ahead. The file is open only while something in it is not synced.
/// </summary>
/// <remarks>One thread appends and syncs; any may read.</remarks>
/// <param name="disk">The disk.</param>
/// <param name="folder">The folder of all conversations.</param>
/// <param name="key">The conversation.</param>
/// <param name="onDamaged">Is told once when the file turns out not to hold what was written to it.</param>
/// <param name="rescued">For a file beside a damaged one, which takes what that cannot take: the turn.</param>
internal sealed class ConversationFile(IDisk disk, string folder, ConversationKey key, Action<JournalDamagedException> onDamaged, TurnId? rescued = null)
    : CommittedEventSource
{
    /// <summary>What one read of the file takes: about as much as a viewer shows at once.</summary>
    private const int ReadWindow = 16 * 1024;

    private readonly Lock _gate = new();
    private ConversationIndex? _index;
    private IDiskFile? _unsynced;
    private JournalDamagedException? _damage;
    private bool _isNew;
    private bool _isGone;

    public static string PathOf(string folder, ConversationKey key) => Path.Combine(folder, key.Tenant.Value, key.Conversation.Value + ".jsonl");

    public ConversationKey Key => key;

    public string Folder { get; } = Path.Combine(folder, key.Tenant.Value);

    public string FilePath => Path.Combine(Folder, key.Conversation.Value + (rescued is { } turn ? $".rescued.{turn.Value}" : "") + ".jsonl");

    /// <summary>Whether it stands beside a damaged file. Its turns may begin in the middle.</summary>
    public bool IsRescue => rescued is not null;

    /// <summary>What is wrong with the file, as far as it was read; null if nothing.</summary>
    public JournalDamagedException? Damage => Volatile.Read(ref _damage);

    /// <summary>Appends events of a turn, and its opening before the first of them.</summary>
    /// <exception cref="JournalDamagedException">The file is damaged. It was not changed.</exception>
    public void Append(TurnOpening opening, long firstSeq, ReadOnlySpan<ReadOnlyMemory<byte>> events)
    {
        lock (_gate)
        {
            if (_isGone)
                return; // a turn that was not stored when its conversation was deleted
            ThrowIfDamaged();
            var file = OpenForAppend();
            var index = IndexOf(file);
            using var lines = new LineBuffer();
            var places = ArrayPool<(long Offset, uint Crc)>.Shared.Rent(events.Length); // as a turn may have grown by thousands of events
            long abandoned = 0;
            uint crc = Begin(lines, index);
            if (index.Find(opening.Turn) is null)
                crc = JournalLine.WriteOpening(lines, batch: 0, opening.Turn, opening.ToJson(), crc);
            byte[] head = JournalLine.EventHead(opening.Turn);
            for (int i = 0; i < events.Length; i++)
            {
                places[i] = (index.Length + lines.Length, crc);
                crc = JournalLine.WriteEvent(lines, batch: 0, head, events[i].Span, crc);
                abandoned += JournalRecord.AbandonedTokens(events[i].Span);
            }

            Write(file, lines, index.Length);
            var turn = index.Turn(opening);
            for (int i = 0; i < events.Length; i++)
                turn.Add(firstSeq + i, places[i].Offset, places[i].Crc);
            ArrayPool<(long Offset, uint Crc)>.Shared.Return(places);
            turn.HasEnded = JournalRecord.IsDone(events[^1].Span);
            index.AbandonedTokens += abandoned;
            index.Grow(lines.Length, crc);
        }
    }

    /// <summary>Appends what somebody called the conversation, unless that is its title already.</summary>
    /// <exception cref="JournalDamagedException">The file is damaged. It was not changed.</exception>
    public void AppendTitle(string title)
    {
        lock (_gate)
        {
            if (_isGone)
                return;
            ThrowIfDamaged();
            var file = OpenForAppend();
            var index = IndexOf(file);
            if (index.Title == title)
                return;
            using var lines = new LineBuffer();
            uint crc = JournalLine.WriteTitle(lines, batch: 0, new GivenTitle(key.Tenant, key.Conversation, title), Begin(lines, index));
            Write(file, lines, index.Length);
            index.Title = title;
            index.Grow(lines.Length, crc);
        }
    }

    /// <summary>Deletes the file. Its folder must be synced after that. From now on nothing is appended, and a reader is told that it is gone.</summary>
    public void Delete()
    {
        lock (_gate)
        {
            _isGone = true;
            CloseUnsynced();
            _index = new ConversationIndex();
            if (disk.Exists(FilePath))
                disk.Delete(FilePath);
        }
    }

    /// <summary>
    /// Makes what was appended durable, and returns the folder that must be synced as well because the file is new; null for none.
    /// </summary>
    public string? Sync()
    {
        IDiskFile? file;
        lock (_gate)
            file = _unsynced;
        if (file is null)
            return null;
        file.Sync(); // outside the lock: a viewer that reads here must not wait for the disk
        lock (_gate)
        {
            CloseUnsynced();
            (bool isNew, _isNew) = (_isNew, false);
            return isNew ? Folder : null;
        }
    }

    /// <summary>Lets go of the open file. What is not synced stays in the write-ahead file.</summary>
    public void Close()
    {
        lock (_gate)
            CloseUnsynced();
    }

    /// <summary>Whether the conversation was deleted.</summary>
    public bool IsGone
    {
        get
        {
            lock (_gate)
                return _isGone;
        }
    }

    /// <summary>The length of what is whole in the file; 0 if there is none.</summary>
    /// <exception cref="JournalDamagedException">The file is damaged.</exception>
    public long Length
    {
        get
        {
            lock (_gate)
                return Index().Length;
        }
    }

    /// <summary>What somebody called the conversation; null if nobody did.</summary>
    /// <exception cref="JournalDamagedException">The file is damaged.</exception>
    public string? Title
    {
        get
        {
            lock (_gate)
                return Index().Title;
        }
    }

    /// <summary>How many pieces of the answers in the file were made for nobody.</summary>
    /// <exception cref="JournalDamagedException">The file is damaged.</exception>
    public long AbandonedTokens
    {
        get
        {
            lock (_gate)
                return Index().AbandonedTokens;
        }
    }

    /// <summary>The turns in the file, in the order in which they were stored.</summary>
    /// <exception cref="JournalDamagedException">The file is damaged.</exception>
    public IReadOnlyList<TurnIndex> Turns()
    {
        lock (_gate)
            return [.. Index().Turns];
    }

    /// <summary>Reads committed events of a turn that follow <paramref name="after"/>.</summary>
    /// <remarks>It reads on the caller's thread: the latest of a conversation is in the page cache, and each call reads a bounded amount.</remarks>
    /// <exception cref="JournalDamagedException">The file is damaged.</exception>
    public ValueTask<int> ReadAsync(TurnId turn, long after, CommittedBatch into, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        into.Clear();
        lock (_gate)
        {
            if (_isGone)
                throw new ConversationGoneException(key);
            var index = Index();
            if (index.Find(turn) is not { } place || after >= place.Last)
                return new(0);
            if (after + 1 < place.First)
                throw new JournalDamagedException(FilePath, 0, $"events {after + 1} to {place.First - 1} of turn {turn} are in the damaged file beside it.");
            var (offset, crc) = place.Before(after + 1);
            using var opened = _unsynced is null ? disk.Open(FilePath, create: false) : null;
            using var scanner = new LineScanner(opened ?? _unsynced!, offset, crc, index.Length, ReadWindow);
            try
            {
                return new(Read(turn, after, place.Last, into, scanner));
            }
            catch (JournalDamagedException damage)
            {
                SetAside(damage);
                throw;
            }
        }
    }

    /// <summary>
    /// Makes the file end with a whole line and everything in it ready to be synced; for recovery. <paramref name="isHeld"/> says what
    /// the write-ahead file could write again: an event's number, or 0 for the opening.
    /// </summary>
    /// <exception cref="JournalDamagedException">Something is lost that the write-ahead file does not hold. Nothing was changed.</exception>
    public void MakeWhole(Func<TurnId, long, bool> isHeld)
    {
        lock (_gate)
        {
            ThrowIfDamaged();
            var file = OpenForAppend();
            long firstHeld = -1;
            bool isSynced = false; // nothing but the file's first line yet: then that too may be in memory only
            var index = ConversationIndex.BuildThroughLastWholeLine(this, file, (record, offset) =>
            {
                if (record.Kind == JournalRecordKind.File || firstHeld >= 0)
                    return;
                if (isHeld(record.Turn, record.Seq))
                    firstHeld = isSynced ? offset : 0;
                isSynced = true;
            });
            if (firstHeld < 0)
                firstHeld = isSynced ? index.Length : 0;
            var tail = new ConversationTail(FilePath, file, index, isHeld);
            tail.ThrowIfCommitted();
            tail.Cut();
            tail.WriteAgain(firstHeld);
            _index = index;
        }
    }

    /// <summary>From now on every use of the file fails with that.</summary>
    public void SetAside(JournalDamagedException damage)
    {
        lock (_gate)
        {
            if (_damage is not null)
                return;
            _damage = damage;
        }

        onDamaged(damage);
    }

    private int Read(TurnId turn, long after, long last, CommittedBatch into, LineScanner scanner)
    {
        byte[] head = JournalLine.EventHead(turn);
        while (after < last && !into.IsFull)
        {
            long at = scanner.Offset;
            if (scanner.Next(out var line) != LineCheck.Good)
                throw new JournalDamagedException(FilePath, at, "a line's length or checksum is wrong.");
            var record = JournalRecord.ReadNext(FilePath, at, line.Span, turn, head, after + 1);
            if (record.Kind != JournalRecordKind.Event || record.Turn != turn || record.Seq <= after)
                continue;
            if (record.Seq != after + 1)
                throw new JournalDamagedException(FilePath, at, $"event {record.Seq} of turn {turn} does not follow event {after}.");
            into.Add(AsCommitted(turn, record.Seq, record.Type, into.Keep(line[record.Body].Span)));
            after++;
        }

        return into.Count;
    }

    private ConversationIndex Index()
    {
        ThrowIfDamaged();
        if (_index is not null)
            return _index;
        if (_unsynced is not null)
            return IndexOf(_unsynced);
        if (!disk.Exists(FilePath))
            return new ConversationIndex();
        using var file = disk.Open(FilePath, create: false);
        return IndexOf(file);
    }

    private ConversationIndex IndexOf(IDiskFile file)
    {
        if (_index is not null)
            return _index;
        try
        {
            return _index = ConversationIndex.Build(this, file);
        }
        catch (JournalDamagedException damage)
        {
            SetAside(damage);
            throw;
        }
    }

    private void ThrowIfDamaged()
    {
        if (_damage is not null)
            throw _damage;
    }

    private uint Begin(LineBuffer lines, ConversationIndex index) => index.Length > 0
        ? index.Crc
        : JournalLine.WriteObject(lines, batch: 0, turn: null, "\"passwindow\":"u8, FileHead.Conversation(key), previousCrc: 0);

    private static void Write(IDiskFile file, LineBuffer lines, long offset)
    {
        try
        {
            file.Write(lines.Written, offset);
        }
        catch
        {
            CutBack(file, offset);
            throw;
        }
    }

    private static void CutBack(IDiskFile file, long length)
    {
        try
        {
            file.Truncate(length);
        }
        catch (Exception)
        {
            // Then recovery does it; what made this necessary is being reported.
        }
    }

    private IDiskFile OpenForAppend()
    {
        if (_unsynced is not null)
            return _unsynced;
        disk.CreateFolder(Folder);
        _isNew |= !disk.Exists(FilePath);
        return _unsynced = disk.Open(FilePath, create: true);
    }

    private void CloseUnsynced()
    {
        _unsynced?.Dispose();
        _unsynced = null;
    }
}
