using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Journal.Faults;

/// <summary>Each call of the script fails in its turn, once or from then on.</summary>
public sealed class FailingCallTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(DiskFault.Error, false)]
    [InlineData(DiskFault.Error, true)]
    [InlineData(DiskFault.ShortWrite, false)]
    [InlineData(DiskFault.ShortWrite, true)]
    internal async Task Whatever_call_fails_nothing_unwritten_is_shown_and_all_that_was_shown_is_there_again(DiskFault fault, bool forEver)
    {
        int step = TestDepth.Rounds(quick: 11, full: 1);
        int failed = 0;
        var violations = new List<string>();
        for (int k = 1 + (TestDepth.Seed % step); ; k += step)
        {
            var trial = await Trial.RunAsync(k, fault, forEver);
            if (trial.Failed is not { } call)
                break;
            failed++;
            violations.AddRange((await trial.CheckAsync(new Random(HashCode.Combine(TestDepth.Seed, k)))).Select(violation => $"{call}: {violation}"));
        }

        output.WriteLine($"seed {TestDepth.Seed}, {failed} calls failed");
        Assert.True(failed > 200 / step);
        Violations.AssertNone(violations);
    }

    [Fact]
    public async Task Whatever_write_finds_the_disk_full_the_journal_opens_again_by_itself_once_there_is_room()
    {
        int step = TestDepth.Rounds(quick: 11, full: 1);
        int failed = 0;
        var violations = new List<string>();
        for (int k = 20 + (TestDepth.Seed % step); ; k += step)
        {
            var time = new HandTime();
            var trial = await Trial.RunAsync(k, DiskFault.NoRoom, forEver: true, time, stayOpen: true);
            if (trial.Failed is not { } call)
            {
                await trial.Journal!.DisposeAsync();
                break;
            }

            if (call.Path.Contains("/catalog"))
            {
                await trial.Journal!.DisposeAsync(); // it holds no truth: its failure closes nothing
                continue;
            }

            failed++;
            await time.TimerDueInAsync(TimeSpan.FromSeconds(1)).WaitAsync(TimeSpan.FromSeconds(10));
            trial.Disk.Free = FileJournal.RoomToReopen - 1;
            time.Advance(TimeSpan.FromSeconds(5));
            if (trial.Journal!.Health.IsWritable)
                violations.Add($"{call}: it opened without room.");
            trial.Disk.Fault = null;
            trial.Disk.Free = FileJournal.RoomToReopen;
            time.Advance(TimeSpan.FromSeconds(1));
            if (!trial.Journal.Health.IsWritable)
                violations.Add($"{call}: it did not open again.");
            foreach (string violation in await new HistoryChecker(trial.History).CheckAsync(trial.Journal))
                violations.Add($"{call}: {violation}");
            using var turn = new GivenTurn(trial.Journal, trial.History, "c_after", "acme");
            turn.Start();
            turn.Done();
            await turn.CommitAsync();
            await trial.Journal.DisposeAsync();
            violations.AddRange((await trial.CheckAsync(new Random(HashCode.Combine(TestDepth.Seed, k)))).Select(violation => $"{call}: {violation}"));
        }

        output.WriteLine($"seed {TestDepth.Seed}, {failed} writes failed");
        Assert.True(failed > 80 / step);
        Violations.AssertNone(violations);
    }

    [Fact]
    public async Task Whatever_call_of_a_recovery_fails_the_next_recovery_loses_nothing()
    {
        var (history, cuts) = await PowerCutTests.RecordAsync(Durability.Fsync);
        var random = new Random(TestDepth.Seed);
        int rounds = TestDepth.Rounds(quick: 100, full: 3_000);
        int failures = 0;
        var violations = new List<string>();
        for (int round = 0; round < rounds; round++)
        {
            var cut = cuts[random.Next(cuts.Count)];
            var disk = cut.Disk.AfterPowerCut(random);
            int at = random.Next(1, 40);
            bool forEver = random.Next(2) == 0;
            disk.Fault = call => call.Number == at || (forEver && call.Number > at) ? (DiskFault)random.Next(1, 4) : DiskFault.None;
            try
            {
                await using (FaultyJournal.Open(disk))
                {
                }
            }
            catch (IOException)
            {
                failures++;
            }

            // The machine may lose power after that, or only the process ends: then the page cache still shows what a failed sync lost.
            disk = disk.AfterKill();
            await using (FaultyJournal.Open(disk))
            {
            }

            disk = disk.AfterPowerCut(random);
            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(disk, history, cut.SeenCount))
                violations.Add($"round {round}, {cut.Call}, call {at} of recovery: {violation}");
        }

        output.WriteLine($"seed {TestDepth.Seed}, {failures} of {rounds} recoveries failed");
        Assert.True(failures > rounds / 10);
        Violations.AssertNone(violations);
    }

    [Fact]
    public async Task A_sync_that_fails_ends_the_running_turns_and_leaves_what_was_shown_readable()
    {
        var disk = new SimulatedDisk();
        var history = new History();
        await using var journal = FaultyJournal.Open(disk);
        using var turn = new GivenTurn(journal, history);
        using var ended = new GivenTurn(journal, history, "c_2");
        ended.Start();
        ended.Done();
        await ended.CommitAsync();
        turn.Start();
        turn.Token("shown");
        await turn.CommitAsync();
        using var viewer = new Viewer(turn.Reader, history);
        disk.Fault = static call => call.Kind == DiskCallKind.Sync ? DiskFault.Error : DiskFault.None;
        turn.Token("never shown");
        var unavailable = await Assert.ThrowsAsync<JournalUnavailableException>(async () => await turn.CommitAsync());
        await viewer.Ended;

        Assert.Contains("wal/00000001.jsonl", unavailable.Message);
        Assert.True(turn.Reader.HasFailed);
        Assert.False(ended.Reader.HasFailed);
        Assert.Equal(2, turn.Reader.Committed);
        Assert.False(journal.Health.IsWritable);
        Assert.Throws<JournalUnavailableException>(() => turn.Token("more"));
        Assert.Throws<JournalUnavailableException>(() => new GivenTurn(journal, history));
        Assert.Equal(2, history.SeenCount);
        Assert.Equal(2, (await HistoryChecker.ReadAsync((await journal.FindAsync(turn.Opening.Key, default))!)).Count);
        await ended.CommitAsync();
    }

    [Fact]
    public async Task A_write_that_fails_in_the_middle_is_cut_off()
    {
        var disk = new SimulatedDisk();
        await using var journal = FaultyJournal.Open(disk);
        using var turn = await GivenTurn.BeginAsync(journal, new History());
        long length = disk["/data/wal/00000001.jsonl"].Length;
        disk.Fault = static call => call.Kind == DiskCallKind.Write ? DiskFault.ShortWrite : DiskFault.None;
        turn.Token("half of it");
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await turn.CommitAsync());
        Assert.Equal(length, disk["/data/wal/00000001.jsonl"].Length);
    }

    private sealed class Trial
    {
        public required SimulatedDisk Disk { get; init; }

        public History History { get; } = new();

        public FileJournal? Journal { get; private set; }

        public DiskCall? Failed { get; private set; }

        private readonly List<string> _violations = [];

        public static async Task<Trial> RunAsync(int k, DiskFault fault, bool forEver, TimeProvider? time = null, bool stayOpen = false)
        {
            var trial = new Trial { Disk = new SimulatedDisk() };
            trial.Disk.Fault = call =>
            {
                bool fails = call.Number == k || (forEver && call.Number > k);

                // A full disk refuses what needs room and nothing else, whichever thread asks for it.
                if (fault == DiskFault.NoRoom)
                    fails &= call.Kind is DiskCallKind.Write or DiskCallKind.Create or DiskCallKind.CreateFolder;
                if (fails)
                    trial.Failed ??= call;
                return fails ? fault : DiskFault.None;
            };
            try
            {
                trial.Journal = FaultyJournal.Open(trial.Disk, time: time);
            }
            catch (IOException)
            {
                return trial;
            }

            await FaultyJournal.RunScriptAsync(trial.Journal, trial.History);
            trial._violations.AddRange(await trial.CheckStillReadsAsync());
            if (!stayOpen)
                await trial.Journal.DisposeAsync();
            return trial;
        }

        public async Task<List<string>> CheckAsync(Random random)
        {
            if (Disk.SyncedAgainAfterFailure)
                _violations.Add("A file was synced again after its sync had failed.");
            var restarted = Disk.AfterKill();
            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(restarted, History, History.SeenCount))
                _violations.Add($"after a restart: {violation}");
            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(restarted.AfterPowerCut(random), History, History.SeenCount))
                _violations.Add($"after a restart and a power cut: {violation}");
            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(Disk.AfterPowerCut(random), History, History.SeenCount))
                _violations.Add($"after a power cut: {violation}");
            return _violations;
        }

        // The journal is closed for writing; what was committed can be read all the same, to the line and not beyond.
        private async Task<List<string>> CheckStillReadsAsync()
        {
            var violations = new List<string>();
            foreach (var (opening, given) in History.Given)
            {
                if (await Journal!.FindAsync(opening.Key, default) is not { } reader)
                    continue;
                var events = await HistoryChecker.ReadAsync(reader);
                if (events.Count != reader.Committed || !events.SequenceEqual(given.Take(events.Count), SameBytes.Instance))
                    violations.Add($"turn {opening.Turn} reads {events.Count} of {reader.Committed} committed events.");
                using var viewer = new Viewer(reader, new History());
                if (!Journal.Health.IsWritable && await Task.WhenAny(viewer.Ended, Task.Delay(TimeSpan.FromSeconds(10))) != viewer.Ended)
                    violations.Add($"turn {opening.Turn} neither ended nor failed.");
            }

            int written = History.Seen.Select(static seen => (seen.Turn, seen.Seq)).Distinct().Count();
            if (!Journal!.Health.IsWritable && written > History.Given.Sum(static turn => turn.Events.Count))
                violations.Add("More was seen than given.");
            return violations;
        }
    }
}
