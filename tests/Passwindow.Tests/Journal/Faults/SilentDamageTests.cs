using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Journal.Faults;

/// <summary>What was written is changed behind the journal's back.</summary>
public sealed class SilentDamageTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("flip")]
    [InlineData("zero")]
    [InlineData("cut")]
    [InlineData("repeat")]
    public async Task Damage_in_a_conversation_is_named_and_harms_no_other(string kind)
    {
        var (history, disk) = await RecordAsync();
        await using (FaultyJournal.Open(disk))
        {
        }

        int trials = 0;
        var violations = new List<string>();
        foreach (string path in disk.Files.Where(static path => path.Contains("/conversations/")).ToList())
        {
            byte[] whole = disk[path].Content;
            foreach (int at in Offsets(whole.Length))
            {
                if (Damage(whole, at, kind) is not { } damaged)
                    continue;
                trials++;
                var copy = disk.AfterKill();
                copy[path].Content = damaged;
                foreach (string violation in await CheckConversationAsync(copy, history, path, Shows(kind, at)))
                    violations.Add($"{kind} at {at} of {path}: {violation}");
            }
        }

        output.WriteLine($"{trials} trials");
        Assert.True(trials > 50);
        Violations.AssertNone(violations);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("zero")]
    [InlineData("cut")]
    [InlineData("repeat")]
    public async Task Damage_in_a_conversation_that_recovery_needs_is_named_healed_or_set_aside_and_harms_no_other(string kind)
    {
        var (history, disk) = await RecordAsync();
        int trials = 0;
        var violations = new List<string>();
        foreach (string path in disk.Files.Where(static path => path.Contains("/conversations/")).ToList())
        {
            byte[] whole = disk[path].Content;
            foreach (int at in Offsets(whole.Length))
            {
                if (Damage(whole, at, kind) is not { } damaged)
                    continue;
                trials++;
                var copy = disk.AfterKill();
                copy[path].Content = damaged;
                foreach (string violation in await CheckConversationAsync(copy, history, path, Shows(kind, at), mayHeal: true))
                    violations.Add($"{kind} at {at} of {path}: {violation}");
            }
        }

        output.WriteLine($"{trials} trials");
        Violations.AssertNone(violations);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("zero")]
    [InlineData("cut")]
    [InlineData("repeat")]
    public async Task Damage_in_the_write_ahead_file_before_its_last_batch_keeps_the_journal_closed(string kind)
    {
        var (history, disk) = await RecordAsync();
        int trials = 0;
        var violations = new List<string>();
        var paths = disk.Files.Where(static path => path.Contains("/wal/")).Order().ToList();
        int lastBegun = WriteAheadFile.IndexOfLastBegun(disk, paths);
        foreach (var (i, path) in paths.Index())
        {
            byte[] whole = disk[path].Content;
            int lastBatch = i < lastBegun ? int.MaxValue : i == lastBegun ? StartOfLastBatch(whole) : 0;
            foreach (int at in Offsets(whole.Length, quick: 101))
            {
                if (Damage(whole, at, kind) is not { } damaged)
                    continue;
                trials++;
                var copy = disk.AfterKill();
                copy[path].Content = damaged;
                bool mayLookTorn = at + (kind == "zero" ? 512 : kind == "repeat" ? 65 : 1) >= lastBatch;
                foreach (string violation in await CheckWriteAheadAsync(copy, history, path, Shows(kind, at), mayLookTorn))
                    violations.Add($"{kind} at {at} of {path} ({lastBatch}): {violation}");
            }
        }

        output.WriteLine($"{trials} trials");
        Assert.True(trials > 20);
        Violations.AssertNone(violations);
    }

    [Fact]
    public async Task A_damaged_conversation_takes_no_turn_and_a_running_one_is_rescued_beside_it()
    {
        var disk = new SimulatedDisk();
        var history = new History();
        string path = "/data/conversations/acme/c_1.jsonl";
        await using (var journal = FaultyJournal.Open(disk))
        {
            using var first = new GivenTurn(journal, history);
            first.Start();
            first.Done();
            await first.CommitAsync();
        }

        byte[] content = disk[path].Content;
        content[200] ^= 1;
        disk[path].Content = content;
        var opening = default(TurnOpening)!;
        await using (var journal = FaultyJournal.Open(disk))
        {
            // Nobody has read the conversation yet, so the turn opens; the damage shows when it is stored.
            using var second = new GivenTurn(journal, history);
            opening = second.Opening;
            second.Start();
            second.Token("kept");
            second.Done();
            await second.CommitAsync();
            Assert.True(journal.Health.IsWritable);
        }

        Assert.Contains($"/data/conversations/acme/c_1.rescued.{opening.Turn}.jsonl", disk.Files);
        await using (var journal = FaultyJournal.Open(disk))
        {
            var damage = await Assert.ThrowsAsync<JournalDamagedException>(async () => await journal.ReadConversationAsync(opening.ConversationKey, default));
            Assert.Equal(path, damage.Path);
            Assert.Throws<JournalDamagedException>(() => new GivenTurn(journal, new History()));
            using var other = new GivenTurn(journal, new History(), "c_2");
            other.Done();
            await other.CommitAsync();
        }

        Assert.Equal(content, disk[path].Content);
    }

    [Fact]
    public void A_torn_batch_whose_event_spells_a_later_batch_is_still_torn()
    {
        // A tool's arguments are a JSON object: their text is not escaped.
        string tool = """{"type":"tool_call","seq":2,"id":"1","name":"x","arguments":{"a":"b","batch":99}}""";
        var disk = new SimulatedDisk();
        var folder = "/data/wal";
        disk.CreateFolder(folder);
        using (var file = WriteAheadFile.Create(disk, folder, 1, Durability.Fsync))
        {
            var turn = new TurnId("t_1");
            var lines = new LineBuffer();
            uint crc = JournalLine.WriteEvent(lines, 1, turn, "{}"u8, file.Crc);
            crc = JournalLine.WriteEvent(lines, 1, turn, System.Text.Encoding.UTF8.GetBytes(tool), crc);
            crc = JournalLine.WriteEvent(lines, 1, turn, "{}"u8, crc);
            lines.Written[60] ^= 1;
            file.Append(lines.Written, crc, sync: true);
        }

        long? last = null;
        var reader = new WriteAheadReader(disk, "/data/wal/00000001.jsonl", isLast: true);
        reader.Read(ref last, static (_, _, _) => Assert.Fail("Nothing was committed."));
        Assert.True(reader.Torn > 0);
    }

    private static async Task<(History History, SimulatedDisk Disk)> RecordAsync()
    {
        // The process dies right before the last rollover is retired, or close to that: files of every kind are there, and not settled.
        var (history, cuts) = await PowerCutTests.RecordAsync(Durability.Fsync);
        var cut = cuts.Last(static cut => cut.Call.Kind == DiskCallKind.Sync && cut.Call.Path.Contains("/conversations/"));
        return (history, cut.Disk.AfterKill());
    }

    private static async Task<List<string>> CheckConversationAsync(SimulatedDisk disk, History history, string path, int at, bool mayHeal = false)
    {
        var violations = new List<string>();
        bool isNamed = false;
        await using var journal = FaultyJournal.Open(disk);
        foreach (var (opening, given) in history.Given)
        {
            bool isDamaged = path == $"/data/conversations/{opening.Tenant}/{opening.Conversation}.jsonl";
            try
            {
                if (await journal.FindAsync(opening.Key, default) is not { } reader)
                    continue;
                var events = await HistoryChecker.ReadAsync(reader);
                if (isDamaged && !mayHeal)
                    violations.Add("the damage was not noticed.");
                if (!events.SkipLast(1).SequenceEqual(given.Take(events.Count - 1), SameBytes.Instance))
                    violations.Add("a wrong event was served.");
                isNamed |= isDamaged && mayHeal;
            }
            catch (JournalDamagedException damage)
            {
                isNamed = true;
                if (!isDamaged || damage.Path != path || damage.Offset > at)
                    violations.Add($"it was named wrongly: {damage.Message}");
            }
        }

        if (!isNamed)
            violations.Add("nobody said so.");
        return violations;
    }

    private static async Task<List<string>> CheckWriteAheadAsync(SimulatedDisk disk, History history, string path, int at, bool mayLookTorn)
    {
        try
        {
            await using var journal = FaultyJournal.Open(disk);
            if (!mayLookTorn)
                return ["it was opened."];

            // What is dropped as torn may have been stored already, in part: such a turn stays without an end (docs/journal.md says so).
            return [.. (await new HistoryChecker(history).CheckAsync(journal, seenCount: 0)).Where(static violation => !violation.StartsWith("I5:"))];
        }
        catch (JournalDamagedException damage)
        {
            return damage.Path == path && damage.Offset <= at && damage.Message.Contains("passwindow journal repair")
                ? []
                : [$"it was named wrongly: {damage.Message}"];
        }
    }

    private static IEnumerable<int> Offsets(int length, int quick = 1_009)
    {
        int step = TestDepth.Rounds(quick, full: 13);
        for (int at = TestDepth.Seed % step; at < length; at += step)
            yield return at;
    }

    // Of a block that stands there twice, the second is the one too many.
    private static int Shows(string kind, int at) => kind == "repeat" ? at + 64 : at;

    private static byte[]? Damage(byte[] content, int at, string kind)
    {
        switch (kind)
        {
            case "flip":
                byte[] flipped = [.. content];
                flipped[at] ^= (byte)(1 << (at % 8));
                return flipped;
            case "zero":
                byte[] zeroed = [.. content];
                zeroed.AsSpan(at, Math.Min(512, content.Length - at)).Clear();
                return zeroed;
            case "cut":
                return [.. content[..at], .. content[(at + 1)..]];
            default:
                int length = Math.Min(64, content.Length - at);
                return [.. content[..(at + length)], .. content[at..]];
        }
    }

    private static int StartOfLastBatch(byte[] content)
    {
        var lines = JournalLine.FindUnchecked(content, fromStart: true);
        long last = 0;
        int start = 0;
        foreach (var line in lines)
        {
            if (JournalRecord.TryRead(content.AsSpan(line), out var record) && record.Batch > last)
                (last, start) = (record.Batch, line.Start.Value);
        }

        return start;
    }
}
