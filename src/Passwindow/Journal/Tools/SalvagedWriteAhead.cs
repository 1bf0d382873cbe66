using Passwindow.Journal.Files;
using Passwindow.Protocol;

namespace Passwindow.Journal.Tools;

/// <summary>What the write-ahead files of a folder hold that is committed, by conversation, in order.</summary>
internal sealed class SalvagedWriteAhead
{
    private readonly Dictionary<ConversationKey, List<(string Path, long Offset, JournalRecord Record, ReadOnlyMemory<byte> Body)>> _records = [];
    private readonly Dictionary<TurnId, ConversationKey> _places = [];
    private readonly HashSet<ConversationKey> _gone = [];

    public SalvagedWriteAhead(IDisk disk, string folder)
    {
        var paths = disk.List(folder, WriteAheadFile.Ending).Where(static path => WriteAheadFile.NumberOf(path) is not null).OrderBy(WriteAheadFile.NumberOf).ToList();
        FileCount = paths.Count;
        long? lastBatch = null;
        int lastBegun = WriteAheadFile.IndexOfLastBegun(disk, paths);
        for (int i = 0; i < paths.Count; i++)
            Read(disk, paths[i], isLast: i >= lastBegun, ref lastBatch);
    }

    public int FileCount { get; }

    public List<JournalFinding> Findings { get; } = [];

    /// <summary>The conversations of which something is here.</summary>
    public IEnumerable<ConversationKey> Keys => _records.Keys;

    /// <summary>Whether a conversation was deleted and nothing came after: then its file counts no more, if it is still there.</summary>
    public bool IsGone(ConversationKey key) => _gone.Contains(key);

    public bool Holds(ConversationKey key) => _records.ContainsKey(key);

    /// <summary>Gives the conversation what is here of it.</summary>
    public void AddTo(SalvagedConversation conversation)
    {
        foreach (var (path, offset, record, body) in _records.GetValueOrDefault(conversation.Key) ?? [])
        {
            try
            {
                conversation.Take(path, offset, record, body, isHeld: true);
            }
            catch (JournalDamagedException damage)
            {
                Findings.Add(JournalFinding.Of(damage));
            }
        }
    }

    private void Read(IDisk disk, string path, bool isLast, ref long? lastBatch)
    {
        var records = new List<(JournalRecord Record, ReadOnlyMemory<byte> Body, long Offset)>();
        try
        {
            long? last = lastBatch;
            var reader = new WriteAheadReader(disk, path, isLast);
            reader.Read(ref last, (record, body, offset) => records.Add((record, body, offset)));
            lastBatch = last;
            if (reader.Torn > 0)
                Findings.Add(new JournalFinding(path, reader.CommittedEnd, $"{reader.Torn} bytes of a batch that was never committed. The next start drops them.", IsDamage: false));
        }
        catch (JournalDamagedException)
        {
            records.Clear();
            lastBatch = Salvage(disk, path, records);
        }

        foreach (var (record, body, offset) in records)
            Take(path, offset, record, body);
    }

    // A batch counts if its end, or anything of a later one, is there.
    private long? Salvage(IDisk disk, string path, List<(JournalRecord Record, ReadOnlyMemory<byte> Body, long Offset)> records)
    {
        int found = Findings.Count;
        long committed = 0;
        long highest = 0;
        try
        {
            foreach (var line in SalvageScan.Read(SalvageScan.ReadAll(disk, path).AsMemory().TrimEnd((byte)0)))
            {
                if (!line.IsWhole || !JournalRecord.TryRead(line.Bytes.Span, out var record))
                {
                    Findings.Add(new JournalFinding(path, line.Offset, $"{line.Bytes.Length} bytes are not what was written: a line's length or checksum is wrong."));
                    continue;
                }

                if (line.Offset == 0)
                    Check(path, record, line.Bytes.Span[record.Body]);
                else if (record.Kind == JournalRecordKind.Commit)
                    committed = record.Batch;
                else if (record.Kind != JournalRecordKind.File)
                    records.Add((record, line.Bytes[record.Body], line.Offset));
                committed = Math.Max(committed, record.Batch - 1);
                highest = Math.Max(highest, record.Batch);
            }
        }
        catch (JournalDamagedException damage)
        {
            Findings.Add(JournalFinding.Of(damage));
        }

        records.RemoveAll(each => each.Record.Batch > committed);
        if (Findings.Count == found)
            Findings.Add(new JournalFinding(path, 0, "its batches do not follow one another, or what stood before it."));
        return highest > 0 ? highest : null;
    }

    private static void Check(string path, JournalRecord record, ReadOnlySpan<byte> head)
    {
        long number = WriteAheadFile.NumberOf(path) ?? 0;
        FileHead.Check(path, record, head, FileHead.WriteAhead(number, Durability.Fsync), FileHead.WriteAhead(number, Durability.Os));
    }

    private void Take(string path, long offset, JournalRecord record, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (record.Kind == JournalRecordKind.Commit)
                return;
            if (PlaceOf(path, offset, record, body) is not { } key)
                throw new JournalDamagedException(path, offset, $"event {record.Seq} of turn {record.Turn} belongs to no conversation that is known.");
            if (record.Kind == JournalRecordKind.Gone)
            {
                _records.Remove(key);
                _gone.Add(key);
                return;
            }

            if (record.Kind == JournalRecordKind.Title && _gone.Contains(key))
                return;
            _gone.Remove(key);
            if (!_records.TryGetValue(key, out var records))
                _records.Add(key, records = []);
            records.Add((path, offset, record, body));
        }
        catch (JournalDamagedException damage)
        {
            Findings.Add(JournalFinding.Of(damage));
        }
    }

    private ConversationKey? PlaceOf(string path, long offset, JournalRecord record, ReadOnlyMemory<byte> body)
    {
        switch (record.Kind)
        {
            case JournalRecordKind.Open:
                return _places[record.Turn] = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.TurnOpening).ConversationKey;
            case JournalRecordKind.Runs:
                var runs = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.TurnPlace);
                return _places[record.Turn] = new ConversationKey(runs.Tenant, runs.Conversation);
            case JournalRecordKind.Gone:
                var gone = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.TurnPlace);
                return new ConversationKey(gone.Tenant, gone.Conversation);
            case JournalRecordKind.Title:
                var title = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.GivenTitle);
                return new ConversationKey(title.Tenant, title.Conversation);
            default:
                return _places.TryGetValue(record.Turn, out var key) ? key : null;
        }
    }
}
