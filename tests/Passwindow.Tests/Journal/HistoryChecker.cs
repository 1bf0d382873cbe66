using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Tests.Journal;

/// <summary>
/// The judge: compares what viewers saw and what writers gave with what the journal holds after recovery, and knows nothing else. Each
/// violation names its invariant.
/// <list type="table">
/// <item><term>I1</term><description>Write before show: what a viewer saw is in the journal, byte for byte.</description></item>
/// <item><term>I2</term><description>Truth: a turn in the journal is a prefix of what its writer gave, and an end that recovery wrote.</description></item>
/// <item><term>I3</term><description>Exactly the rest: what a viewer saw follows on, each event once.</description></item>
/// <item><term>I4</term><description>One end: one <c>done</c>, and nothing after it.</description></item>
/// <item><term>I5</term><description>Every turn of which something is in the journal has its end after recovery.</description></item>
/// <item><term>I9</term><description>Isolation: another tenant finds nothing.</description></item>
/// </list>
/// I12 (recovery is idempotent) is checked by whoever recovers twice: <see cref="ReadAllAsync"/> must give the same.
/// </summary>
internal sealed class HistoryChecker(History history)
{
    private static readonly TenantId Nobody = new("nobody");

    /// <summary>Returns what is violated; empty when all is well.</summary>
    /// <param name="journal">The journal after recovery.</param>
    /// <param name="seenCount">How much of what was seen counts: what was seen before the fault.</param>
    public async Task<List<string>> CheckAsync(IJournal journal, int seenCount = int.MaxValue)
    {
        var violations = new List<string>();
        var kept = await ReadAllAsync(journal);
        CheckSeen(kept, history.Seen.Take(seenCount), violations);
        foreach (var (opening, given) in history.Given)
        {
            if (await journal.FindAsync(new TurnKey(Nobody, opening.Turn), default) is not null)
                violations.Add($"I9: turn {opening.Turn} is found by another tenant.");
            if (kept.TryGetValue(opening.Key, out var events))
                CheckTurn(opening.Turn, events, given, violations);
        }

        return violations;
    }

    /// <summary>All that the journal holds of the turns that were given.</summary>
    public async Task<Dictionary<TurnKey, List<byte[]>>> ReadAllAsync(IJournal journal)
    {
        var kept = new Dictionary<TurnKey, List<byte[]>>();
        foreach (var (opening, _) in history.Given)
        {
            if (await journal.FindAsync(opening.Key, default) is { } reader)
                kept.Add(opening.Key, await ReadAsync(reader));
        }

        return kept;
    }

    public static async Task<List<byte[]>> ReadAsync(ITurnReader reader)
    {
        var events = new List<byte[]>();
        var batch = new CommittedBatch(maxEvents: 7);
        while (await reader.ReadAsync(events.Count, batch, default) > 0)
        {
            foreach (ref readonly var each in batch.Events)
                events.Add(each.Json.ToArray());
        }

        return events;
    }

    private static void CheckSeen(Dictionary<TurnKey, List<byte[]>> kept, IEnumerable<SeenEvent> seen, List<string> violations)
    {
        var last = new Dictionary<object, SeenEvent>();
        foreach (var each in seen)
        {
            if (!kept.TryGetValue(each.Turn, out var events) || events.Count < each.Seq || !events[(int)each.Seq - 1].AsSpan().SequenceEqual(each.Json))
                violations.Add($"I1: event {each.Seq} of {each.Turn.Turn} was seen and is not in the journal.");
            if (last.TryGetValue(each.Viewer, out var before) && each.Seq != before.Seq + 1)
                violations.Add($"I3: a viewer of {each.Turn.Turn} saw event {each.Seq} after {before.Seq}.");
            if (before?.Type == EventType.Done)
                violations.Add($"I4: a viewer of {each.Turn.Turn} saw event {each.Seq} after the end.");
            last[each.Viewer] = each;
        }
    }

    private static void CheckTurn(TurnId turn, List<byte[]> events, IReadOnlyList<byte[]> given, List<string> violations)
    {
        if (events.Count == 0)
        {
            violations.Add($"I5: turn {turn} is there and empty.");
            return;
        }

        for (int i = 0; i < events.Count; i++)
        {
            bool isLast = i == events.Count - 1;
            bool isDone = IsDone(events[i]);
            if (isDone != isLast)
                violations.Add(isDone ? $"I4: something follows the end of {turn}." : $"I5: turn {turn} has no end.");
            bool isGiven = i < given.Count && given[i].AsSpan().SequenceEqual(events[i]);
            bool isRecoverysEnd = isLast && Encoding.UTF8.GetString(events[i]) == $$"""{"type":"done","seq":{{i + 1}},"finish_reason":"interrupted"}""";
            if (!isGiven && !isRecoverysEnd)
                violations.Add($"I2: event {i + 1} of {turn} was never given: {Encoding.UTF8.GetString(events[i])}");
        }
    }

    private static bool IsDone(byte[] json) => EventJson.GetString(json, "type"u8) == "done";
}
