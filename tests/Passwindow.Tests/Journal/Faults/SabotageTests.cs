using Passwindow.Journal;
using Xunit;

namespace Passwindow.Tests.Journal.Faults;

/// <summary>The tests must be able to see: each wrong build is caught by the loop that is there to catch it.</summary>
public sealed class SabotageTests
{
    [Theory]
    [InlineData(Sabotage.ShowBeforeSync)]
    [InlineData(Sabotage.NoFolderSync)]
    internal async Task A_power_cut_catches_a_journal_that_shows_before_it_syncs(Sabotage sabotage)
    {
        var (history, cuts) = await PowerCutTests.RecordAsync(Durability.Fsync, disk => new SabotagedDisk(disk, sabotage));
        var violations = new List<string>();
        for (int i = 0; i < cuts.Count && !violations.Any(IsLoss); i++)
            violations.AddRange(await FaultyJournal.CheckRecoveredAsync(cuts[i].Disk.AfterPowerCut(new Random(i)), history, cuts[i].SeenCount));
        Assert.Contains(violations, IsLoss);
    }

    [Theory]
    [InlineData(Sabotage.SwallowTheSyncError)]
    [InlineData(Sabotage.RetryTheSync)]
    internal async Task A_failed_sync_catches_a_journal_that_makes_light_of_it(Sabotage sabotage)
    {
        // A write-ahead file's lost bytes are still in memory and stored at the end; those of a conversation's file are gone. Which call
        // syncs one is the scheduler's affair, so the loop counts these syncs alone.
        var violations = new List<string>();
        for (int k = 1; k <= 20 && violations.Count == 0; k++)
        {
            var disk = new SimulatedDisk();
            int syncs = 0;
            disk.Fault = call => call.Kind == DiskCallKind.Sync && call.Path.Contains("/conversations/") && ++syncs == k ? DiskFault.Error : DiskFault.None;
            var history = new History();
            await using (var journal = FaultyJournal.Open(new SabotagedDisk(disk, sabotage)))
                await FaultyJournal.RunScriptAsync(journal, history);
            violations.AddRange(await FaultyJournal.CheckRecoveredAsync(disk.AfterPowerCut(new Random(k)), history, history.SeenCount));
        }

        Assert.NotEmpty(violations);
    }

    [Fact]
    public async Task A_power_cut_catches_a_journal_that_keeps_the_torn_tail()
    {
        var (history, cuts) = await PowerCutTests.RecordAsync(Durability.Fsync);
        int caught = 0;
        foreach (var cut in cuts.TakeWhile(_ => caught == 0))
        {
            var disk = cut.Disk.AfterPowerCut(new Random(cut.Call.Number));
            await using (FaultyJournal.Open(new SabotagedDisk(disk, Sabotage.KeepTheTornTail)))
            {
            }

            caught += (await FaultyJournal.CheckRecoveredAsync(disk, history, cut.SeenCount)).Count;
        }

        Assert.True(caught > 0);
    }

    [Fact]
    public async Task A_flipped_bit_catches_a_journal_that_looks_at_no_checksum()
    {
        var (history, cuts) = await PowerCutTests.RecordAsync(Durability.Fsync);
        var whole = cuts[^1].Disk.AfterKill();
        await using (FaultyJournal.Open(whole))
        {
        }

        var violations = new List<string>();
        string path = whole.Files.First(static path => path.EndsWith("c_large.jsonl"));
        byte[] content = whole[path].Content;
        for (int at = 1_000; at < content.Length && !violations.Any(IsInvention); at += 97)
        {
            byte[] damaged = [.. content];
            damaged[at] ^= 1;
            whole[path].Content = damaged;
            await using var journal = FaultyJournal.Open(new SabotagedDisk(whole, Sabotage.NoChecksum));
            try
            {
                violations.AddRange(await new HistoryChecker(history).CheckAsync(journal));
            }
            catch (JournalDamagedException)
            {
                // Seen all the same, because the JSON broke.
            }
        }

        Assert.Contains(violations, IsInvention);
    }

    private static bool IsLoss(string violation) => violation.StartsWith("I1:");

    private static bool IsInvention(string violation) => violation.StartsWith("I2:");
}
