using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal.Files;
using Passwindow.Testing;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>When running turns are stored and write-ahead files go.</summary>
public sealed class CheckpointTests
{
    private readonly SimulatedDisk _disk = new();
    private readonly History _history = new();

    [Fact]
    public async Task A_turn_that_goes_on_is_stored_once_two_files_are_full_behind_the_one_it_began_in_and_not_before()
    {
        await using var journal = FaultyJournal.Open(_disk);
        using var first = await BegunAsync(journal, "c_first");
        await FillAsync(journal, file: 1);
        using var second = await BegunAsync(journal, "c_second");
        await FillAsync(journal, file: 2);
        Assert.False(_disk.Exists(FileOf("c_first")));
        await FillAsync(journal, file: 3);

        Until(() => !_disk.Exists(WriteAhead(1)));
        Assert.True(_disk.Exists(FileOf("c_first")));
        Assert.False(_disk.Exists(FileOf("c_second")));
        Assert.True(_disk.Exists(WriteAhead(2)));

        // Nothing is left in the third, and what the first turn said meanwhile is in the fourth.
        first.Token("more");
        await first.CommitAsync();
        await FillAsync(journal, file: 4);
        Until(() => !_disk.Exists(WriteAhead(3)));
        Assert.True(_disk.Exists(FileOf("c_second")));
        Assert.True(_disk.Exists(WriteAhead(4)));
    }

    [Fact]
    public async Task What_is_in_the_files_that_stay_survives_a_power_cut()
    {
        await using (var journal = FaultyJournal.Open(_disk))
        {
            using var running = await BegunAsync(journal, "c_running");
            using var viewer = new Viewer(running.Reader, _history);
            for (int file = 1; file <= 6; file++)
            {
                running.Token($"in {file}");
                await running.CommitAsync();
                await FillAsync(journal, file);
            }

            int seen = _history.Seen.Count;
            Assert.True(seen >= 6);
            for (int seed = 0; seed < 10; seed++)
                Assert.Empty(await FaultyJournal.CheckRecoveredAsync(_disk.AfterPowerCut(new Random(seed)), _history, seen));
        }
    }

    [Fact]
    public async Task When_something_was_deleted_all_files_go_that_hold_it_whatever_still_runs()
    {
        var time = new HandTime();
        await using var journal = FaultyJournal.Open(_disk, time: time);
        using var running = await BegunAsync(journal, "c_running");
        using (var deleted = await BegunAsync(journal, "c_deleted"))
        {
            deleted.Done();
            await deleted.CommitAsync();
            Assert.True(await journal.DeleteAsync(deleted.Opening.ConversationKey, default));
        }

        time.Advance(TimeSpan.FromHours(1));
        Until(() => !_disk.Exists(WriteAhead(1)));
        Assert.True(_disk.Exists(FileOf("c_running")));
    }

    [Fact]
    public async Task Turns_that_end_are_stored_between_the_hundreds_of_a_full_file_that_go_on()
    {
        var created = new ConcurrentQueue<string>();
        _disk.BeforeCall = call =>
        {
            if (call.Kind == DiskCallKind.Create)
                created.Enqueue(Path.GetFileNameWithoutExtension(call.Path));
        };
        await using var journal = FileJournal.Open(new FileJournalSettings(FaultyJournal.Folder, Durability.Fsync, 1_000_000), TimeProvider.System, NullLogger<FileJournal>.Instance, _disk);
        var running = new List<GivenTurn>();
        for (int i = 0; i < 600; i++)
            running.Add(await BegunAsync(journal, $"c_running_{i}"));
        for (int file = 1; file <= 3; file++)
            await FillAsync(journal, file, bytes: 1_000_000);

        int ended = 0;
        for (; !running.All(turn => _disk.Exists(FileOf(turn.Opening.Conversation.Value))); ended++)
        {
            using var turn = await BegunAsync(journal, $"c_ended_{ended}");
            turn.Done();
            await turn.CommitAsync();
        }

        Until(() => !_disk.Exists(WriteAhead(1)));
        string[] order = [.. created];
        Assert.InRange(Array.FindIndex(order, static name => name.StartsWith("c_ended")), 0, Array.FindLastIndex(order, static name => name.StartsWith("c_running")));
        foreach (var turn in running)
            turn.Dispose();
    }

    [Fact]
    public async Task Of_hundreds_of_conversations_that_ended_few_are_synced_in_a_row()
    {
        var synced = new ConcurrentQueue<string>();
        _disk.BeforeCall = call =>
        {
            if (call.Kind is DiskCallKind.Sync or DiskCallKind.SyncFolder && call.Path.Contains("/conversations"))
                synced.Enqueue(call.Path);
        };
        await using var journal = FileJournal.Open(new FileJournalSettings(FaultyJournal.Folder, Durability.Fsync, 1_000_000), TimeProvider.System, NullLogger<FileJournal>.Instance, _disk);
        for (int i = 0; i < 700; i++)
        {
            using var turn = await BegunAsync(journal, $"c_{i}");
            turn.Done();
            await turn.CommitAsync();
        }

        await FillAsync(journal, file: 1, bytes: 1_000_000);
        Until(() => !_disk.Exists(WriteAhead(1)));

        string[] calls = [.. synced];
        Assert.Equal(700, calls.Where(static path => path.Contains("/c_")).Where(static path => !path.Contains("fills")).Distinct().Count());
        Assert.InRange(MostInARow(calls, static path => path.Contains("/c_")), 1, 20);

        static int MostInARow(string[] calls, Func<string, bool> isFile)
        {
            int most = 0;
            int row = 0;
            foreach (string call in calls)
                most = Math.Max(most, row = isFile(call) ? row + 1 : 0);
            return most;
        }
    }

    private Task<GivenTurn> BegunAsync(FileJournal journal, string conversation) => GivenTurn.BeginAsync(journal, _history, conversation);

    /// <summary>Fills the write-ahead file of that number with a turn that ends.</summary>
    private async Task FillAsync(FileJournal journal, int file, int bytes = 5_000)
    {
        using (var turn = await BegunAsync(journal, $"c_fills_{file}"))
        {
            turn.Token(new string('x', bytes));
            turn.Done();
            await turn.CommitAsync();
        }

        Until(() => FaultyJournal.LastBegun(_disk) > file);
    }

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)));

    private static string WriteAhead(int number) => $"{FaultyJournal.Folder}/wal/{number:D8}.jsonl";

    private static string FileOf(string conversation) => $"{FaultyJournal.Folder}/conversations/acme/{conversation}.jsonl";
}
