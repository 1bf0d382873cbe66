namespace Passwindow.Journal.Files;

/// <summary>
/// Reads a write-ahead file that a process left behind: whole batches go on, the torn tail of the last is told from damage.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file.</param>
/// <param name="isLast">Whether it is the last: only that may end in the middle of a batch.</param>
internal sealed class WriteAheadReader(IDisk disk, string path, bool isLast)
{
    private Memory<byte> _bytes; // up to the zeros for lines that were never written
    private Durability _durability;
    private long _lastBatchStart;

    /// <summary>The end of the last whole batch.</summary>
    public long CommittedEnd { get; private set; }

    /// <summary>Bytes behind that end: a batch that was being written and of which nothing was ever shown.</summary>
    public long Torn => _bytes.Length - CommittedEnd;

    /// <summary>Reads the file and gives each record of each whole batch, in order, with its JSON.</summary>
    /// <param name="lastBatch">The number of the last batch of the files before; null if there are none. Set to the last of this one.</param>
    /// <param name="apply">Takes a record, its body and its offset.</param>
    /// <exception cref="JournalDamagedException">The file does not hold what was committed to it.</exception>
    public void Read(ref long? lastBatch, Action<JournalRecord, ReadOnlyMemory<byte>, long> apply)
    {
        _bytes = ReadAll();
        var batch = new List<(JournalRecord Record, long Offset, int Length)>();
        long at = 0;
        uint crc = 0;
        while (JournalLine.Check(_bytes.Span[(int)at..], crc, out int length, out uint next) == LineCheck.Good)
        {
            var line = _bytes.Slice((int)at, length);
            var record = JournalRecord.Read(path, at, line.Span);
            if (at == 0)
            {
                CheckHead(record, line.Span[record.Body]);
                CommittedEnd = length;
            }
            else
            {
                if (record.Kind == JournalRecordKind.File || (lastBatch is { } last && record.Batch != last + 1))
                    throw Damaged(at, $"batch {record.Batch} does not follow batch {lastBatch}.");
                batch.Add((record, at, length));
            }

            if (record.Kind == JournalRecordKind.Commit)
            {
                foreach (var (each, offset, size) in batch)
                    apply(each, _bytes.Slice((int)offset, size)[each.Body], offset);
                batch.Clear();
                lastBatch = record.Batch;
                _lastBatchStart = CommittedEnd;
                CommittedEnd = at + length;
            }

            at += length;
            crc = next;
        }

        if (CommittedEnd < _bytes.Length && (!isLast || LaterBatchFollows(at, lastBatch)))
            throw Damaged(at, at == _bytes.Length ? "it ends in the middle of a batch." : "a line's length or checksum is wrong, and later commits follow it.");
    }

    /// <summary>
    /// Makes durable that the file ends where its last whole batch ends. That batch is written again, for its sync may have failed: then
    /// it is in memory only, counts there as clean, and a sync alone would do nothing.
    /// </summary>
    public void Seal()
    {
        using var file = disk.Open(path, create: false);
        file.Write(_bytes.Span[(int)_lastBatchStart..(int)CommittedEnd], _lastBatchStart);
        file.Truncate(CommittedEnd);
        file.Sync();
    }

    private Memory<byte> ReadAll()
    {
        using var file = disk.Open(path, create: false);
        if (file.Length > Array.MaxLength)
            throw Damaged(Array.MaxLength, "it is larger than such a file can be.");
        byte[] bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        return bytes.AsMemory(0, read).TrimEnd((byte)0);
    }

    private void CheckHead(JournalRecord record, ReadOnlySpan<byte> head)
    {
        long number = WriteAheadFile.NumberOf(path) ?? 0;
        byte[] os = FileHead.WriteAhead(number, Durability.Os);
        FileHead.Check(path, record, head, FileHead.WriteAhead(number, Durability.Fsync), os);
        _durability = head.SequenceEqual(os) ? Durability.Os : Durability.Fsync;
    }

    /// <summary>
    /// A torn tail belongs to the one batch that was being written. A line of a batch after that proves that the batch was synced, so the
    /// bad line is damage. With <see cref="Durability.Os"/> nothing was synced, and a power cut may leave a hole anywhere.
    /// </summary>
    private bool LaterBatchFollows(long from, long? lastBatch)
    {
        if (_durability == Durability.Os)
            return false;
        var rest = _bytes.Span[(int)from..];
        long torn = lastBatch + 1 ?? long.MaxValue;
        foreach (var range in JournalLine.FindUnchecked(rest, fromStart: false))
        {
            if (!JournalRecord.TryRead(rest[range], out var record) || record.Batch == 0)
                continue;
            if (from == 0 || record.Batch > torn)
                return true; // the first line of a file is synced before any batch
            torn = Math.Min(torn, record.Batch);
        }

        return false;
    }

    private JournalDamagedException Damaged(long offset, string what) =>
        new(path, offset, $"{what} The journal is not opened, so that nothing is lost; `passwindow journal repair` saves what is whole beside what is not.");
}
