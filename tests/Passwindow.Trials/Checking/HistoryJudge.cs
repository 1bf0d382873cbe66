using System.Text;
using System.Text.Json;
using Passwindow.Trials.Load;

namespace Passwindow.Trials.Checking;

/// <summary>
/// The judge: compares what the upstream sent, what each viewer was shown and what the control client was answered with what the journal
/// holds, and knows nothing else. Each violation names its invariant.
/// <list type="table">
/// <item><term>I1</term><description>Write before show: what a viewer was shown is in the journal, byte for byte.</description></item>
/// <item><term>I2</term><description>Truth: the tokens in the journal are a prefix of what the upstream sent.</description></item>
/// <item><term>I3</term><description>Exactly the rest: a viewer's pieces, joined, follow on from 1, each event once.</description></item>
/// <item><term>I4</term><description>One end; and <c>done stop</c> only after the upstream's own end marker.</description></item>
/// <item><term>I5</term><description>Every turn of which something is kept has its end.</description></item>
/// <item><term>I6</term><description>What was answered is kept: turns and stop receipts.</description></item>
/// <item><term>I7</term><description>The upstream was asked once a turn at most.</description></item>
/// </list>
/// I12 (recovering twice changes nothing) is for whoever recovers twice.
/// </summary>
/// <param name="kept">The journal's events of each turn, after recovery.</param>
internal sealed class HistoryJudge(IReadOnlyDictionary<string, List<string>> kept)
{
    private readonly List<string> _violations = [];

    /// <summary>What is violated; empty when all is well.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>How many events of viewers were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>Judges a turn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="before">Only what was seen before that moment counts as seen: the moment of the fault.</param>
    /// <param name="toTheEnd">Whether the viewers came back afterwards and must have seen the end.</param>
    public void Judge(TrialTurn turn, long before = long.MaxValue, bool toTheEnd = true)
    {
        if (turn.Requests > 1)
            Violate(turn, "I7", $"the upstream was asked {turn.Requests} times");
        if (turn.Id is null)
            return;
        var events = kept.GetValueOrDefault(turn.Id) ?? [];
        bool wasShown = false;
        foreach (var viewer in turn.Viewers)
        {
            var seen = viewer.Seen.Where(each => each.At < before).ToList();
            wasShown |= seen.Count > 0;
            JudgeSeen(turn, seen, events);
            if (toTheEnd && !viewer.HasEnded)
                Violate(turn, "I3", $"a viewer was never shown the end, only {seen.Count} of {events.Count} events ({viewer.Refused ?? string.Join(' ', viewer.Notices)})");
        }

        if (events.Count > 0)
            JudgeKept(turn, events);
        else if (wasShown)
            Violate(turn, "I6", "it was answered and is not kept");
        if (turn.StopReceipt is { } receipt && before == long.MaxValue && (events.Count != receipt.LastSeq || Text(events[^1], "finish_reason") != receipt.Reason))
            Violate(turn, "I6", $"its receipt says {receipt.Reason} at {receipt.LastSeq}, kept are {events.Count} events");
    }

    private void JudgeSeen(TrialTurn turn, List<SeenEvent> seen, List<string> events)
    {
        for (int i = 0; i < seen.Count; i++)
        {
            Compared++;
            var each = seen[i];
            if (each.Seq != i + 1)
                Violate(turn, "I3", $"a viewer was shown event {each.Seq} as number {i + 1}");
            if (each.Id != $"{turn.Id}:{each.Seq}")
                Violate(turn, "I3", $"event {each.Seq} has the id {each.Id}");
            if (each.Seq > events.Count || events[(int)each.Seq - 1] != each.Json)
                Violate(turn, "I1", $"event {each.Seq} was shown and is not in the journal: {each.Json}");
            if (each.Type == "done" && i < seen.Count - 1)
                Violate(turn, "I4", "a viewer was shown something after the end");
        }
    }

    private void JudgeKept(TrialTurn turn, List<string> events)
    {
        var text = new StringBuilder();
        for (int i = 0; i < events.Count; i++)
        {
            using var json = JsonDocument.Parse(events[i]);
            if (json.RootElement.GetProperty("seq").GetInt64() != i + 1)
                Violate(turn, "I3", $"event {i + 1} bears another number: {events[i]}");
            string type = json.RootElement.GetProperty("type").GetString()!;
            if (type == "token")
                text.Append(json.RootElement.GetProperty("token").GetString());
            if (type == "done" != (i == events.Count - 1))
                Violate(turn, type == "done" ? "I4" : "I5", type == "done" ? "something follows its end" : "it has no end");
        }

        var sent = new StringBuilder();
        for (int i = 0; i < turn.Sent; i++)
            sent.Append(turn.Token(i));
        if (!sent.ToString().StartsWith(text.ToString(), StringComparison.Ordinal))
            Violate(turn, "I2", $"it has text that the upstream did not send: {text}");
        if (Text(events[^1], "finish_reason") == "stop" && (!turn.Finished || text.Length != sent.Length))
            Violate(turn, "I4", "it ended as complete, and the upstream had not");
    }

    private static string? Text(string json, string field)
    {
        using var parsed = JsonDocument.Parse(json);
        return parsed.RootElement.TryGetProperty(field, out var value) ? value.GetString() : null;
    }

    private void Violate(TrialTurn turn, string invariant, string what) => _violations.Add($"{invariant}: turn {turn.Id} ({turn.Nonce}): {what}.");
}
