using System.Runtime.InteropServices;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// Brings a folder that a process left behind, however it ended, into the state of one that was closed: every committed event is in its
/// conversation's file, every turn has its end, and there is no write-ahead file. It may itself be cut off at any point and begun again.
/// </summary>
/// <remarks>
/// What it finds may be in the page cache only, and a sync that failed has marked it clean. So it trusts nothing that the write-ahead file
/// might have to replace: it writes that again and syncs it, before a write-ahead file goes.
/// </remarks>
internal sealed class Recovery(IDisk disk, string writeAheadFolder, ConversationFiles files)
{
    private readonly Dictionary<TurnId, RecoveredTurn> _turns = [];
    private readonly Dictionary<ConversationKey, string> _titles = [];
    private readonly HashSet<ConversationKey> _gone = [];
    private readonly HashSet<string> _folders = [];
    private readonly List<JournalDamagedException> _damages = [];
    private int _keptEvents;
    private int _endedTurns;

    /// <exception cref="JournalDamagedException">A write-ahead file does not hold what was committed to it. Nothing was changed.</exception>
    public RecoveryReport Run()
    {
        var paths = disk.List(writeAheadFolder, WriteAheadFile.Ending)
            .Where(static path => WriteAheadFile.NumberOf(path) is not null)
            .OrderBy(WriteAheadFile.NumberOf)
            .ToList();
        disk.SyncFolder(writeAheadFolder); // what is not there may come back: who deleted it may have died before it synced this
        if (paths.Count == 0)
            return default;

        long? lastBatch = null;
        int lastBegun = WriteAheadFile.IndexOfLastBegun(disk, paths);
        WriteAheadReader last = null!;
        for (int i = 0; i < paths.Count; i++)
        {
            string path = paths[i];
            var reader = new WriteAheadReader(disk, path, isLast: i >= lastBegun);
            reader.Read(ref lastBatch, (record, body, offset) => Apply(path, offset, record, body));
            if (i == lastBegun)
                last = reader;
        }

        last.Seal();
        foreach (var key in _gone)
            files.Delete(key);
        var turns = _turns.Values.ToLookup(static turn => turn.Place);
        foreach (var key in turns.Select(static conversation => conversation.Key).Union(_titles.Keys))
            Restore(key, [.. turns[key]]);
        foreach (string folder in _folders)
            disk.SyncFolder(folder); // also of files that were there: who made them may have died before it synced the folder

        foreach (string path in paths)
        {
            disk.Delete(path);
            disk.SyncFolder(writeAheadFolder); // each, so that a power cut leaves the last ones and never a gap
        }

        return new RecoveryReport(WriteAheadFile.NumberOf(paths[^1])!.Value, _keptEvents, last.Torn, _endedTurns, _damages);
    }

    private void Apply(string path, long offset, JournalRecord record, ReadOnlyMemory<byte> body)
    {
        switch (record.Kind)
        {
            case JournalRecordKind.Open:
                var opening = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.TurnOpening);
                _turns[record.Turn] = new RecoveredTurn(record.Turn, opening.ConversationKey) { Opening = opening };
                _gone.Remove(opening.ConversationKey); // the file that was deleted is gone, or no turn of that name could have begun
                break;
            case JournalRecordKind.Runs:
                var place = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.TurnPlace);
                _turns.TryAdd(record.Turn, new RecoveredTurn(record.Turn, new ConversationKey(place.Tenant, place.Conversation)));
                break;
            case JournalRecordKind.Event when _turns.TryGetValue(record.Turn, out var turn) && turn.TryAdd(record, body):
                _keptEvents++;
                break;
            case JournalRecordKind.Title:
                var given = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.GivenTitle);
                var named = new ConversationKey(given.Tenant, given.Conversation);
                if (!_gone.Contains(named))
                    _titles[named] = given.Title;
                break;
            case JournalRecordKind.Gone:
                var deleted = JournalRecord.ReadBody(path, offset, body.Span, JournalJson.Default.TurnPlace);
                Forget(new ConversationKey(deleted.Tenant, deleted.Conversation));
                break;
            case JournalRecordKind.Commit:
                break;
            default:
                throw new JournalDamagedException(path, offset, $"event {record.Seq} of turn {record.Turn} does not follow what stands before it.");
        }
    }

    private void Forget(ConversationKey key)
    {
        foreach (var turn in _turns.Values.Where(turn => turn.Place == key).ToList())
            _turns.Remove(turn.Id);
        _titles.Remove(key);
        _gone.Add(key);
    }

    private void Restore(ConversationKey key, List<RecoveredTurn> turns)
    {
        if (turns.Count == 0 && files.Find(key) is null)
            return; // somebody took the file away
        var file = files.Get(key);
        try
        {
            Restore(file, turns);
        }
        catch (JournalDamagedException damage)
        {
            // One conversation must not keep all others from being served. What it can no longer take stands beside it.
            file.Close();
            file.SetAside(damage);
            _damages.Add(damage);
            foreach (var turn in turns)
                Restore(files.Rescue(key, turn.Id), [turn]);
        }
    }

    private void Restore(ConversationFile file, List<RecoveredTurn> turns)
    {
        var held = turns.ToDictionary(static turn => turn.Id);
        string? title = file.IsRescue ? null : _titles.GetValueOrDefault(file.Key);
        file.MakeWhole((turn, seq) => turn == default ? title is not null : held.TryGetValue(turn, out var recovered) && recovered.Holds(seq));
        var stored = file.Turns().ToDictionary(static turn => turn.Opening.Turn);
        var missing = turns
            .Select(turn => (turn, before: stored.GetValueOrDefault(turn.Id)))
            .Where(static each => each.before?.HasEnded != true)
            .Select(each => Missing(file, each.turn, each.before))
            .ToList();
        foreach (var (opening, first, events) in missing)
            file.Append(opening, first, CollectionsMarshal.AsSpan(events));
        if (title is not null)
            file.AppendTitle(title);
        file.Sync();
        _folders.Add(file.Folder);
    }

    private (TurnOpening Opening, long First, List<ReadOnlyMemory<byte>> Events) Missing(ConversationFile file, RecoveredTurn turn, TurnIndex? before)
    {
        long last = before?.Last ?? (file.IsRescue ? turn.First - 1 : 0);
        var opening = before?.Opening ?? turn.Opening ?? (file.IsRescue ? turn.UnknownOpening : null);
        if (opening is null || turn.First > last + 1)
            throw new JournalDamagedException(file.FilePath, 0, $"turn {turn.Id} has lost its beginning, up to event {turn.First - 1}.");
        var events = turn.Events.Skip((int)(last + 1 - turn.First)).ToList();
        if (!turn.HasEnded)
        {
            events.Add(Interrupted(last + events.Count + 1));
            _endedTurns++;
        }

        return (opening, last + 1, events);
    }

    private static ReadOnlyMemory<byte> Interrupted(long seq)
    {
        using var writer = new EventWriter();
        return writer.Done(seq, FinishReason.Interrupted).ToArray();
    }
}

/// <summary>What recovery found and did.</summary>
/// <param name="LastWriteAheadNumber">The number of the last write-ahead file; 0 if there was none, as after a clean close.</param>
/// <param name="KeptEvents">Committed events that were in write-ahead files.</param>
/// <param name="DroppedBytes">Bytes of a batch that was being written and of which nothing was ever shown.</param>
/// <param name="EndedTurns">Turns that were running and are ended as <c>interrupted</c>.</param>
/// <param name="Damages">Conversations that are damaged and were set aside; null for none.</param>
internal readonly record struct RecoveryReport(
    long LastWriteAheadNumber,
    int KeptEvents,
    long DroppedBytes,
    int EndedTurns,
    IReadOnlyList<JournalDamagedException>? Damages);
