using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// One conversation's file: <c>conversations/TENANT/CONVERSATION.jsonl</c>. Events come here from the write-ahead file once they are
/// committed, so this file may always be behind, never ahead. The file is open only while something in it is not synced.
/// </summary>
internal sealed class ConversationFile(IDisk disk, string folder, ConversationKey key) : CommittedEventSource
{
    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(folder, key.Tenant.Value);
    private ConversationIndex? _index;
    private IDiskFile? _unsynced;
    private bool _created;

    public ConversationKey Key => key;

    public string FilePath => Path.Combine(_folder, key.Conversation.Value + ".jsonl");

    /// <summary>Appends events of a turn, and its opening before the first of them.</summary>
    public void Append(TurnOpening opening, long firstSeq, IReadOnlyList<ReadOnlyMemory<byte>> events)
    {
        lock (_gate)
        {
            var file = OpenForAppend();
            var index = _index ??= ConversationIndex.Build(FilePath, file, key);
            var lines = new LineBuffer();
            var added = new List<(long Seq, long Offset, uint Crc)>(events.Count);
            uint crc = index.Crc;
            if (index.Length == 0)
                crc = JournalLine.WriteObject(lines, batch: 0, turn: null, "\"passwindow\":"u8, FileHead.Conversation(key), crc);
            if (firstSeq == 1)
                crc = JournalLine.WriteOpening(lines, batch: 0, opening, crc);
            for (int i = 0; i < events.Count; i++)
            {
                added.Add((firstSeq + i, index.Length + lines.Length, crc));
                crc = JournalLine.WriteEvent(lines, batch: 0, opening.Turn, events[i].Span, crc);
            }

            file.Write(lines.Written, index.Length);
            var turn = index.Turn(opening);
            foreach (var (seq, offset, before) in added)
                turn.Add(seq, offset, before);
            turn.HasEnded = JournalRecord.IsDone(events[^1].Span);
            index.Grow(lines.Length, crc);
        }
    }

    /// <summary>Makes what was appended durable.</summary>
    public void Sync()
    {
        lock (_gate)
        {
            if (_unsynced is null)
                return;
            _unsynced.Sync();
            if (_created)
                disk.SyncFolder(_folder);
            _created = false;
            _unsynced.Dispose();
            _unsynced = null;
        }
    }

    /// <summary>The turns in the file, in the order in which they began.</summary>
    public IReadOnlyList<TurnIndex> Turns()
    {
        lock (_gate)
            return [.. Index().Turns];
    }

    /// <summary>Reads committed events of a turn that follow <paramref name="after"/>.</summary>
    /// <remarks>It reads on the caller's thread: the latest of a conversation is in the page cache, and each call reads a bounded amount.</remarks>
    public ValueTask<int> ReadAsync(TurnId turn, long after, Memory<CommittedEvent> into, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var index = Index();
            if (index.Find(turn) is not { } place || after >= place.Last)
                return new(0);
            var (offset, crc) = place.Before(after + 1);
            using var opened = _unsynced is null ? disk.Open(FilePath, create: false) : null;
            using var scanner = new LineScanner(opened ?? _unsynced!, offset, crc, index.Length);
            return new(Read(turn, after, into.Span, scanner));
        }
    }

    /// <summary>Cuts the file back to its last whole line, and says how many bytes went. For recovery, which has what is lost in the write-ahead file.</summary>
    public long CutTornTail()
    {
        lock (_gate)
        {
            var file = OpenForAppend();
            _index = ConversationIndex.BuildThroughLastWholeLine(FilePath, file, key);
            long torn = file.Length - _index.Length;
            if (torn > 0)
                file.Truncate(_index.Length);
            return torn;
        }
    }

    private int Read(TurnId turn, long after, Span<CommittedEvent> into, LineScanner scanner)
    {
        int count = 0;
        while (count < into.Length)
        {
            long at = scanner.Offset;
            switch (scanner.Next(out var line))
            {
                case LineCheck.End:
                    return count;
                case not LineCheck.Good:
                    throw new JournalDamagedException(FilePath, at, "a line's length or checksum is wrong.");
            }

            var record = JournalRecord.Parse(line.Span);
            if (record.Kind == JournalRecordKind.Event && record.Turn == turn && record.Seq > after)
                into[count++] = AsCommitted(turn, record.Seq, record.Type, line[record.Body].ToArray());
        }

        return count;
    }

    private ConversationIndex Index()
    {
        if (_index is not null)
            return _index;
        if (_unsynced is not null)
            return _index = ConversationIndex.Build(FilePath, _unsynced, key);
        if (!disk.Exists(FilePath))
            return new ConversationIndex();
        using var file = disk.Open(FilePath, create: false);
        return _index = ConversationIndex.Build(FilePath, file, key);
    }

    private IDiskFile OpenForAppend()
    {
        if (_unsynced is not null)
            return _unsynced;
        disk.CreateFolder(_folder);
        _created |= !disk.Exists(FilePath);
        return _unsynced = disk.Open(FilePath, create: true);
    }
}
