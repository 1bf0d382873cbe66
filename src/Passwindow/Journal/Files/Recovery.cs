using System.Text;
using System.Text.Json;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// Brings a folder that a process left behind, however it ended, into the state of one that was closed: every committed event is in its
/// conversation's file, every turn has its end, and there is no write-ahead file. It may itself be cut off at any point and begun again.
/// </summary>
internal sealed class Recovery(IDisk disk, string writeAheadFolder, Func<ConversationKey, ConversationFile> files)
{
    private readonly Dictionary<TurnId, RecoveredTurn> _turns = [];
    private long _lastBatch;
    private long _droppedBytes;
    private int _keptEvents;
    private int _endedTurns;

    /// <exception cref="JournalDamagedException">What was committed is not whole. Nothing was changed.</exception>
    public RecoveryReport Run()
    {
        var paths = disk.List(writeAheadFolder, WriteAheadFile.Ending)
            .Where(static path => WriteAheadFile.NumberOf(path) is not null)
            .OrderBy(WriteAheadFile.NumberOf)
            .ToList();
        for (int i = 0; i < paths.Count; i++)
            ReadWriteAhead(paths[i], isLast: i == paths.Count - 1);

        foreach (var conversation in _turns.Values.GroupBy(static turn => turn.Place))
            Restore(files(conversation.Key), conversation);

        foreach (string path in paths)
            disk.Delete(path);
        if (paths.Count > 0)
            disk.SyncFolder(writeAheadFolder);
        long lastNumber = paths.Count > 0 ? WriteAheadFile.NumberOf(paths[^1])!.Value : 0;
        return new RecoveryReport(lastNumber, _keptEvents, _droppedBytes, _endedTurns);
    }

    private void ReadWriteAhead(string path, bool isLast)
    {
        using var file = disk.Open(path, create: false);
        using var scanner = new LineScanner(file);
        var batch = new List<(JournalRecord Record, byte[] Body)>();
        while (true)
        {
            long at = scanner.Offset;
            var check = scanner.Next(out var line);
            if (check == LineCheck.Good)
            {
                Read(path, at, line.Span, batch);
                continue;
            }

            if (check == LineCheck.End && batch.Count == 0)
                return;
            if (!isLast || LaterBatchFollows(file, at))
                throw new JournalDamagedException(path, at, "a line's length or checksum is wrong, and later commits follow it.");
            _droppedBytes += file.Length - (batch.Count > 0 ? _committedEnd : at);
            return;
        }
    }

    private long _committedEnd;

    private void Read(string path, long offset, ReadOnlySpan<byte> line, List<(JournalRecord Record, byte[] Body)> batch)
    {
        JournalRecord record;
        try
        {
            record = JournalRecord.Parse(line);
        }
        catch (JsonException e)
        {
            throw new JournalDamagedException(path, offset, e.Message);
        }

        var body = line[record.Body];
        switch (record.Kind)
        {
            case JournalRecordKind.File:
                FileHead.Check(path, body, FileHead.WriteAhead(WriteAheadFile.NumberOf(path)!.Value));
                break;
            case JournalRecordKind.Commit:
                foreach (var (each, json) in batch)
                    Apply(path, offset, each, json);
                batch.Clear();
                _lastBatch = record.Batch;
                break;
            default:
                batch.Add((record, body.ToArray()));
                return;
        }

        _committedEnd = offset + line.Length;
    }

    private void Apply(string path, long offset, JournalRecord record, byte[] body)
    {
        switch (record.Kind)
        {
            case JournalRecordKind.Open:
                var opening = JsonSerializer.Deserialize(body, JournalJson.Default.TurnOpening)!;
                _turns[record.Turn] = new RecoveredTurn(record.Turn, opening.ConversationKey) { Opening = opening };
                break;
            case JournalRecordKind.Runs:
                var place = JsonSerializer.Deserialize(body, JournalJson.Default.TurnPlace)!;
                _turns.TryAdd(record.Turn, new RecoveredTurn(record.Turn, new ConversationKey(place.Tenant, place.Conversation)));
                break;
            case JournalRecordKind.Event when _turns.TryGetValue(record.Turn, out var turn) && turn.TryAdd(record, body):
                _keptEvents++;
                break;
            default:
                throw new JournalDamagedException(path, offset, $"event {record.Seq} of turn {record.Turn} does not follow what stands before it.");
        }
    }

    /// <summary>
    /// A torn tail belongs to the one batch that was being written. A line of a batch after that proves that the batch was synced, so the
    /// bad line is damage. Lines behind a hole cannot be checked (each begins with the checksum before it), but their batch can be read.
    /// </summary>
    private bool LaterBatchFollows(IDiskFile file, long from)
    {
        byte[] rest = new byte[(int)Math.Min(file.Length - from, int.MaxValue)];
        file.Read(rest, from);
        var remaining = rest.AsSpan();
        var field = "\",\"batch\":"u8;
        while (remaining.IndexOf(field) is var found and >= 0)
        {
            remaining = remaining[(found + field.Length)..];
            int digits = remaining.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits is > 0 and < 19 && long.Parse(Encoding.ASCII.GetString(remaining[..digits]), System.Globalization.CultureInfo.InvariantCulture) > _lastBatch + 1)
                return true;
        }

        return false;
    }

    private void Restore(ConversationFile file, IEnumerable<RecoveredTurn> turns)
    {
        // What the file holds behind its last whole line was never synced, or the write-ahead file would be gone.
        file.CutTornTail();
        var stored = file.Turns().ToDictionary(static turn => turn.Opening.Turn);
        foreach (var turn in turns)
        {
            var before = stored.GetValueOrDefault(turn.Id);
            if (before?.HasEnded == true)
                continue;
            var opening = turn.Opening ?? before?.Opening
                ?? throw new JournalDamagedException(file.FilePath, 0, $"turn {turn.Id} runs in the write-ahead file, but its beginning is in neither file.");
            long last = before?.Last ?? 0;
            if (turn.Events.Count > 0 && turn.First > last + 1)
                throw new JournalDamagedException(file.FilePath, 0, $"turn {turn.Id} has lost its events {last + 1} to {turn.First - 1}.");

            var missing = turn.Events.Skip((int)(last + 1 - turn.First)).Select(static json => (ReadOnlyMemory<byte>)json).ToList();
            if (!turn.HasEnded)
            {
                missing.Add(Interrupted(last + missing.Count + 1));
                _endedTurns++;
            }

            if (missing.Count > 0)
                file.Append(opening, last + 1, missing);
        }

        file.Sync();
    }

    private static byte[] Interrupted(long seq)
    {
        using var writer = new EventWriter();
        return writer.Done(seq, FinishReason.Interrupted).ToArray();
    }

    private sealed class RecoveredTurn(TurnId id, ConversationKey place)
    {
        public TurnId Id => id;

        public ConversationKey Place => place;

        public TurnOpening? Opening { get; init; }

        /// <summary>The number of the first event here.</summary>
        public long First { get; private set; } = 1;

        public List<byte[]> Events { get; } = [];

        public bool HasEnded { get; private set; }

        public bool TryAdd(JournalRecord record, byte[] json)
        {
            if (Events.Count == 0)
                First = record.Seq;
            else if (record.Seq != First + Events.Count)
                return false;
            Events.Add(json);
            HasEnded = record.Type == EventType.Done;
            return true;
        }
    }
}

/// <summary>What recovery found and did.</summary>
/// <param name="LastWriteAheadNumber">The number of the last write-ahead file; 0 if there was none, as after a clean close.</param>
/// <param name="KeptEvents">Committed events that were in write-ahead files.</param>
/// <param name="DroppedBytes">Bytes of a batch that was being written and was never committed.</param>
/// <param name="EndedTurns">Turns that were running and are ended as <c>interrupted</c>.</param>
internal readonly record struct RecoveryReport(long LastWriteAheadNumber, int KeptEvents, long DroppedBytes, int EndedTurns);
