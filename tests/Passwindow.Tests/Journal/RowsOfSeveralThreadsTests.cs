using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Testing;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>Rows that several threads append at once, beside what others append.</summary>
public sealed class RowsOfSeveralThreadsTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Durability.Os)]
    [InlineData(Durability.Fsync)]
    internal async Task Rows_of_several_threads_beside_appends_of_others_lose_nothing_while_files_roll_over(Durability durability)
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        var history = new History();
        int rounds = TestDepth.Rounds(quick: 60, full: 600);
        await using (var journal = Open(durability, maxWriteAheadBytes: 4_000))
        {
            var threads = Enumerable.Range(0, 4).Select(number => Task.Factory.StartNew(() => Append(journal, history, number, rounds), TaskCreationOptions.LongRunning)).ToList();
            await Task.WhenAll(threads);
        }

        await using (var journal = Open(durability))
            Assert.Empty(await new HistoryChecker(history).CheckAsync(journal));
    }

    [Fact]
    public async Task Whatever_call_fails_while_rows_of_several_threads_are_committed_the_file_stays_the_last_and_is_not_synced_again()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        int trials = TestDepth.Rounds(quick: 40, full: 400);
        var violations = new List<string>();
        for (int trial = 0; trial < trials; trial++)
        {
            int at = 20 + (trial * 3 % 200);
            bool forEver = trial % 2 == 0;
            var disk = new SimulatedDisk();
            disk.Fault = call => (call.Number == at || (forEver && call.Number > at)) && call.Kind is (DiskCallKind.Sync or DiskCallKind.Write) ? DiskFault.Error : DiskFault.None;
            var history = new History();
            await using (var journal = FaultyJournal.Open(disk, commitClock: new HandTime()))
                await Task.WhenAll(Enumerable.Range(0, 3).Select(number => Task.Factory.StartNew(() => AppendWhileItTakes(journal, history, number), TaskCreationOptions.LongRunning)));

            if (disk.SyncedAgainAfterFailure)
                violations.Add($"call {at}: a file was synced again");
            foreach (string violation in await FaultyJournal.CheckRecoveredAsync(disk.AfterPowerCut(new Random(HashCode.Combine(TestDepth.Seed, trial))), history, history.SeenCount))
                violations.Add($"call {at}: {violation}");
        }

        Violations.AssertNone(violations);
    }

    private static void AppendWhileItTakes(FileJournal journal, History history, int number)
    {
        try
        {
            Append(journal, history, number, rounds: 20);
        }
        catch (Exception e) when (e is JournalUnavailableException or AggregateException { InnerException: JournalUnavailableException })
        {
            // It says so.
        }
    }

    private static void Append(FileJournal journal, History history, int number, int rounds)
    {
        var random = new Random(HashCode.Combine(TestDepth.Seed, number));
        for (int round = 0; round < rounds; round++)
        {
            using var turn = new GivenTurn(journal, history, $"c_{number}_{round % 5}");
            turn.Start();
            bool inRow = random.Next(3) > 0;
            for (int tokens = random.Next(1, 12); tokens > 0;)
            {
                if (inRow)
                    journal.BeginRow();
                for (int i = random.Next(1, tokens + 1); i > 0; i--, tokens--)
                    turn.Token($"{number} {round} {tokens}");
                if (inRow)
                    journal.EndRow();
            }

            turn.Done();
            turn.CommitAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
        }
    }

    private FileJournal Open(Durability durability, long maxWriteAheadBytes = 1_000_000) =>
        FileJournal.Open(new FileJournalSettings(_folder, durability, maxWriteAheadBytes) { CommitClock = new HandTime() }, TimeProvider.System, NullLogger<FileJournal>.Instance);
}
