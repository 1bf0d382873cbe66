using Passwindow.Journal.Files;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Journal.Faults;

public sealed class PowerCutTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_call_a_power_cut_comes_before_all_that_was_shown_is_there_again()
    {
        int damages = TestDepth.Rounds(quick: 1, full: 20);
        var (history, cuts) = await RecordAsync(Durability.Fsync);
        output.WriteLine($"seed {TestDepth.Seed}, {cuts.Count} calls, {damages} damages each");
        var violations = new List<string>();
        foreach (var cut in cuts)
        {
            for (int damage = 0; damage < damages; damage++)
            {
                int seed = HashCode.Combine(TestDepth.Seed, cut.Call.Number, damage);
                var disk = cut.Disk.AfterPowerCut(new Random(seed));
                foreach (string violation in await FaultyJournal.CheckRecoveredAsync(disk, history, cut.SeenCount))
                    violations.Add($"{cut.Call}, damage {damage}: {violation}");
            }
        }

        Assert.True(cuts.Count > 200);
        Violations.AssertNone(violations);
    }

    [Fact]
    public async Task A_power_cut_within_recovery_and_one_within_the_next_lose_nothing()
    {
        var (history, cuts) = await RecordAsync(Durability.Fsync);
        var random = new Random(TestDepth.Seed);
        int rounds = TestDepth.Rounds(quick: 100, full: 2_000);
        output.WriteLine($"seed {TestDepth.Seed}, {rounds} rounds of up to 4 cuts");
        var violations = new List<string>();
        for (int round = 0; round < rounds; round++)
        {
            var cut = cuts[random.Next(cuts.Count)];
            var disk = random.Next(2) == 0 ? cut.Disk.AfterPowerCut(random) : cut.Disk.AfterKill();
            for (int again = random.Next(1, 4); again > 0; again--)
            {
                int at = random.Next(1, 40);
                var next = disk;
                disk.BeforeCall = call => next = call.Number == at ? disk.Snapshot() : next;
                await using (FaultyJournal.Open(disk))
                {
                }

                disk = random.Next(2) == 0 ? next.AfterPowerCut(random) : next.AfterKill();
            }

            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(disk, history, cut.SeenCount))
                violations.Add($"round {round}, {cut.Call}: {violation}");
        }

        Violations.AssertNone(violations);
    }

    [Fact]
    public async Task A_write_ahead_file_whose_deletion_a_power_cut_takes_back_does_not_stop_the_start()
    {
        var (history, cuts) = await RecordAsync(Durability.Fsync);
        output.WriteLine($"seed {TestDepth.Seed}");
        var deleted = await CutsOfOpeningAsync(cuts[^1].Disk.AfterKill());
        var violations = new List<string>();
        foreach (var killed in deleted.Where((cut, i) => i > 0 && cut.Call.Kind == DiskCallKind.SyncFolder && deleted[i - 1].Call.Kind == DiskCallKind.Delete))
        {
            foreach (var cut in await CutsOfOpeningAsync(killed.Disk.AfterKill()))
            {
                for (int damage = 0; damage < 10; damage++)
                {
                    var disk = cut.Disk.AfterPowerCut(new Random(HashCode.Combine(TestDepth.Seed, killed.Call.Number, cut.Call.Number, damage)));
                    foreach (string violation in await FaultyJournal.CheckRecoveredAsync(disk, history, cuts[^1].SeenCount))
                        violations.Add($"killed at {killed.Call}, {cut.Call}, damage {damage}: {violation}");
                }
            }
        }

        Violations.AssertNone(violations);

        static async Task<List<Cut>> CutsOfOpeningAsync(SimulatedDisk disk)
        {
            var found = new List<Cut>();
            disk.BeforeCall = call => found.Add(new Cut(call, disk.Snapshot(), 0));
            await using (FaultyJournal.Open(disk))
            {
            }

            return found;
        }
    }

    [Fact]
    public async Task Without_syncs_a_power_cut_takes_a_tail_and_nothing_else()
    {
        var (history, cuts) = await RecordAsync(Durability.Os);
        output.WriteLine($"seed {TestDepth.Seed}, {cuts.Count} calls");
        var violations = new List<string>();
        foreach (var cut in cuts)
        {
            if (!TestDepth.IsFull && cut.Call.Number % 2 != TestDepth.Seed % 2)
                continue;
            var disk = cut.Disk.AfterPowerCut(new Random(HashCode.Combine(TestDepth.Seed, cut.Call.Number)));
            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(disk, history, seenCount: 0))
                violations.Add($"{cut.Call}: {violation}");
        }

        Violations.AssertNone(violations);
    }

    [Theory]
    [InlineData(Durability.Fsync)]
    [InlineData(Durability.Os)]
    internal async Task A_killed_process_loses_nothing_of_what_was_shown(Durability durability)
    {
        var (history, cuts) = await RecordAsync(durability);
        var violations = new List<string>();
        foreach (var cut in cuts)
        {
            if (!TestDepth.IsFull && cut.Call.Number % 5 != TestDepth.Seed % 5)
                continue;
            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(cut.Disk.AfterKill(), history, cut.SeenCount))
                violations.Add($"{cut.Call}: {violation}");
        }

        Violations.AssertNone(violations);
    }

    internal static async Task<(History History, List<Cut> Cuts)> RecordAsync(Durability durability, Func<SimulatedDisk, IDisk>? wrap = null)
    {
        var disk = new SimulatedDisk();
        var history = new History();
        var cuts = new List<Cut>();
        disk.BeforeCall = call => cuts.Add(new Cut(call, disk.Snapshot(), history.SeenCount));
        await using (var journal = FaultyJournal.Open(wrap?.Invoke(disk) ?? disk, durability))
            await FaultyJournal.RunScriptAsync(journal, history);
        return (history, cuts);
    }

    /// <summary>The moment before a call: the disk, and how much had been seen.</summary>
    internal sealed record Cut(DiskCall Call, SimulatedDisk Disk, int SeenCount);
}
