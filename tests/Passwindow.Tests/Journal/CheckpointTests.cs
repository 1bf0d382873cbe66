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
    public async Task An_event_that_is_waited_for_is_durable_when_the_call_returns_if_commits_are_fast()
    {
        await using var journal = FaultyJournal.Open(_disk, Durability.Os);
        using var warm = await BegunAsync(journal, "c_warm");
        using var turn = new GivenTurn(journal, _history, "c_waited");
        var waiting = turn.StartAsync();
        while (!waiting.IsCompleted) // the journal's thread may be about to leave a commit of its own
        {
            await waiting;
            using var next = new GivenTurn(journal, _history, "c_waited");
            waiting = next.StartAsync();
        }

        Assert.True(turn.Reader.Committed > 0);
    }

    private async Task<GivenTurn> BegunAsync(FileJournal journal, string conversation)
    {
        var turn = new GivenTurn(journal, _history, conversation);
        turn.Start();
        await turn.CommitAsync();
        return turn;
    }

    /// <summary>Fills the write-ahead file of that number with a turn that ends.</summary>
    private async Task FillAsync(FileJournal journal, int file)
    {
        using (var turn = await BegunAsync(journal, $"c_fills_{file}"))
        {
            turn.Token(new string('x', 5_000));
            turn.Done();
            await turn.CommitAsync();
        }

        Until(() => _disk.Exists(WriteAhead(file + 1)));
    }

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)));

    private static string WriteAhead(int number) => $"{FaultyJournal.Folder}/wal/{number:D8}.jsonl";

    private static string FileOf(string conversation) => $"{FaultyJournal.Folder}/conversations/acme/{conversation}.jsonl";
}
