using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Testing;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>Appends in rows: who appends much at once commits it at the end.</summary>
public sealed class AppendRowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Where_no_sync_is_waited_for_a_row_is_committed_by_its_own_thread_at_its_end()
    {
        await using var journal = Open(Durability.Os);
        using var turn = await BegunAsync(journal);
        var woken = new WokenOn();
        using var listening = turn.Reader.Listen(woken);

        Soon(() =>
        {
            woken.Take();
            long before = turn.Reader.Committed;
            long within = 0;
            int here = InRow(journal, () =>
            {
                turn.Token("one");
                turn.Token("two");
                within = turn.Reader.Committed;
            });
            long after = turn.Reader.Committed;
            Assert.True(turn.CommitAsync().AsTask().Wait(TimeSpan.FromSeconds(20)));
            return within == before && after == before + 2 && woken.Take() is [var only] && only == here; // once, and here
        });
    }

    [Fact]
    public async Task Before_a_sync_has_shown_how_long_it_takes_a_row_is_committed_by_the_journals_thread()
    {
        long within;
        do
        {
            await using var journal = Open(Durability.Fsync);
            using var turn = new GivenTurn(journal, new History());
            var woken = new WokenOn();
            using var listening = turn.Reader.Listen(woken);
            within = 0;

            int here = InRow(journal, () =>
            {
                turn.Start();
                for (int i = 0; i < 100; i++)
                    turn.Token($"{i}");
                within = turn.Reader.Committed;
            });

            await turn.CommitAsync();
            Assert.Equal(101, turn.Reader.Committed);
            if (within == 0)
                Assert.DoesNotContain(here, woken.Take());
        }
        while (within > 0); // the journal's thread had only just begun, and has shown it by what it found
    }

    [Fact]
    public async Task A_row_that_waits_for_a_sync_is_committed_by_its_own_thread_as_long_as_the_last_commit_was_fast()
    {
        var clock = new HandTime();
        var syncsTake = TimeSpan.Zero;
        var disk = new SimulatedDisk
        {
            BeforeCall = call =>
            {
                if (call.Kind == DiskCallKind.Sync)
                    clock.Advance(syncsTake);
            },
        };
        await using var journal = FaultyJournal.Open(disk, commitClock: clock);
        using var turn = await BegunAsync(journal);
        var woken = new WokenOn();
        using var listening = turn.Reader.Listen(woken);
        UntilCommittedHere(journal, turn, woken);

        syncsTake = TimeSpan.FromMilliseconds(20);
        IsCommittedHere(journal, turn, woken); // whoever it was: it took long
        for (int i = 0; i < 5; i++)
            Assert.False(IsCommittedHere(journal, turn, woken));

        syncsTake = TimeSpan.Zero;
        Assert.False(IsCommittedHere(journal, turn, woken)); // the journal's thread finds out
        UntilCommittedHere(journal, turn, woken);
    }

    [Fact]
    public async Task A_sync_that_fails_on_the_thread_of_a_row_is_told_to_who_waits_and_not_to_that_thread()
    {
        var simulated = new SimulatedDisk();
        await using var journal = FaultyJournal.Open(simulated);
        using var turn = await BegunAsync(journal);
        var woken = new WokenOn();
        using (turn.Reader.Listen(woken))
            UntilCommittedHere(journal, turn, woken);

        long shown = turn.Reader.Committed;
        simulated.Fault = static call => call.Kind == DiskCallKind.Sync ? DiskFault.Error : DiskFault.None;
        InRow(journal, () => turn.Token("lost"));
        await Assert.ThrowsAsync<JournalUnavailableException>(() => turn.CommitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(shown, turn.Reader.Committed);
    }

    [Fact]
    public async Task A_row_that_is_left_while_commits_follow_each_other_is_committed_with_the_next_at_the_cost_of_one_sync()
    {
        int syncs = 0;
        var disk = new SimulatedDisk
        {
            BeforeCall = call =>
            {
                if (call.Kind == DiskCallKind.Sync && WriteAheadFile.NumberOf(call.Path) is not null)
                    Interlocked.Increment(ref syncs);
            },
        };
        await using var journal = Spaced(TimeSpan.FromHours(1), disk); // so that nothing is due by itself
        using var running = await BegunAsync(journal);
        using var begins = new GivenTurn(journal, new History(), "c_2");
        int before = Volatile.Read(ref syncs);

        LeaveRow(journal, begins.Start);
        Assert.Equal((before, 0), (Volatile.Read(ref syncs), begins.Reader.Committed));
        InRow(journal, () => running.Token("a round"));
        await running.CommitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((before + 1, 1), (Volatile.Read(ref syncs), begins.Reader.Committed));
    }

    [Theory]
    [InlineData(0)] // commits need not follow each other
    [InlineData(100)] // milliseconds
    public async Task A_row_that_is_left_is_committed_though_nothing_follows(int spacing)
    {
        await using var journal = Spaced(TimeSpan.FromMilliseconds(spacing), new SimulatedDisk());
        using var running = await BegunAsync(journal);
        using var begins = new GivenTurn(journal, new History(), "c_2");

        LeaveRow(journal, begins.Start);

        Soon(() => begins.Reader.Committed == 1);
    }

    [Fact]
    public async Task A_row_that_is_left_with_something_that_somebody_waits_for_is_committed_at_once()
    {
        await using var journal = Spaced(TimeSpan.FromHours(1), new SimulatedDisk());
        using var running = await BegunAsync(journal);
        using var begins = new GivenTurn(journal, new History(), "c_2");
        ValueTask waiting = default;

        LeaveRow(journal, () =>
        {
            begins.Start();
            waiting = begins.CommitAsync();
        });

        await waiting.AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(1, begins.Reader.Committed);
    }

    [Fact]
    public async Task Somebody_who_waits_within_a_row_is_answered_after_it()
    {
        await using var journal = Open(Durability.Os);
        using var turn = new GivenTurn(journal, new History());
        ValueTask waiting = default;
        InRow(journal, () =>
        {
            turn.Start();
            waiting = turn.CommitAsync();
        });

        await waiting.AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(1, turn.Reader.Committed);
    }

    [Fact]
    public async Task A_viewer_that_is_slow_to_wake_holds_up_no_commit_of_another_thread()
    {
        await using var journal = Open(Durability.Os);
        using var watched = await BegunAsync(journal);
        using var other = await BegunAsync(journal);
        using var slow = new SlowToWake();
        using var listening = watched.Reader.Listen(slow);
        var waking = Task.Run(() => InRow(journal, () => watched.Token("one")));
        Assert.True(slow.IsWoken.Wait(TimeSpan.FromSeconds(20)));

        Soon(() =>
        {
            long before = other.Reader.Committed;
            InRow(journal, () => other.Token("two"));
            return other.Reader.Committed > before;
        });
        Assert.False(slow.HasGoneOn);
        slow.GoOn.Set();
        await waking;
    }

    [Fact]
    public async Task Where_no_token_waits_for_a_sync_the_disk_is_given_what_was_written_long_before_the_file_is_full()
    {
        int syncs = 0;
        var disk = new SimulatedDisk();
        await using var journal = FileJournal.Open(new FileJournalSettings("/journal", Durability.Os, MaxWriteAheadBytes: 1 << 30), TimeProvider.System, NullLogger<FileJournal>.Instance, disk);
        var turns = new List<GivenTurn>(); // many, for of one alone so much is stored
        for (int i = 0; i < 30; i++)
            turns.Add(await BegunAsync(journal, $"c_{i}"));
        disk.BeforeCall = call =>
        {
            if (call.Kind == DiskCallKind.Sync && WriteAheadFile.NumberOf(call.Path) is not null)
                Interlocked.Increment(ref syncs);
        };

        InRow(journal, Append100Kilobytes); // 3 MB in all
        Assert.Equal(0, Volatile.Read(ref syncs));
        InRow(journal, Append100Kilobytes);
        Soon(() => Volatile.Read(ref syncs) > 0);
        turns.ForEach(static turn => turn.Dispose());

        void Append100Kilobytes() => turns.ForEach(static turn => turn.Token(new string('x', 100_000)));
    }

    [Fact]
    public async Task A_row_that_goes_on_while_the_journal_is_closed_ends_without_a_word()
    {
        var journal = Open(Durability.Os);
        using var turn = await BegunAsync(journal);
        journal.BeginRow();
        turn.Token("late");
        await journal.DisposeAsync().ConfigureAwait(true);
        journal.EndRow();

        await using var again = Open(Durability.Os);
        var reader = await again.FindAsync(turn.Opening.Key, default);
        Assert.NotNull(reader);
        Assert.True(reader.HasEnded); // by recovery or with what was still taken: never half
    }

    private static Task<GivenTurn> BegunAsync(FileJournal journal, string conversation = "c_1") => GivenTurn.BeginAsync(journal, new History(), conversation);

    /// <summary>Appends a row; the thread it was done on, for a test goes on on others.</summary>
    private static int InRow(FileJournal journal, Action append)
    {
        journal.BeginRow();
        try
        {
            append();
        }
        finally
        {
            journal.EndRow();
        }

        return Environment.CurrentManagedThreadId;
    }

    private static void LeaveRow(FileJournal journal, Action append)
    {
        journal.BeginRow();
        append();
        journal.LeaveRow();
    }

    private static FileJournal Spaced(TimeSpan spacing, IDisk disk) => FileJournal.Open(
        new FileJournalSettings("/journal", Durability.Fsync, 1_000_000) { CommitClock = new HandTime(), CommitSpacing = spacing },
        TimeProvider.System,
        NullLogger<FileJournal>.Instance,
        disk);

    /// <summary>Appends a row, and says whether this thread committed it.</summary>
    private static bool IsCommittedHere(FileJournal journal, GivenTurn turn, WokenOn woken)
    {
        int here = InRow(journal, () => turn.Token("one"));
        Assert.True(turn.CommitAsync().AsTask().Wait(TimeSpan.FromSeconds(20)));
        return woken.Take().Contains(here);
    }

    private static void UntilCommittedHere(FileJournal journal, GivenTurn turn, WokenOn woken) => Soon(() => IsCommittedHere(journal, turn, woken));

    /// <summary>Soon, and not at once: the journal's thread may still be about to leave a commit of its own, or to look at what it was woken for.</summary>
    private static void Soon(Func<bool> holds)
    {
        long from = TimeProvider.System.GetTimestamp();
        while (!holds())
            Assert.InRange(TimeProvider.System.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private FileJournal Open(Durability durability, long maxWriteAheadBytes = 1_000_000) =>
        FileJournal.Open(new FileJournalSettings(_folder, durability, maxWriteAheadBytes) { CommitClock = new HandTime() }, TimeProvider.System, NullLogger<FileJournal>.Instance);

    /// <summary>Does not come back from being woken before it is told to.</summary>
    private sealed class SlowToWake : ICommitListener, IDisposable
    {
        public ManualResetEventSlim IsWoken { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public bool HasGoneOn { get; private set; }

        public void OnCommitted()
        {
            IsWoken.Set();
            GoOn.Wait(TimeSpan.FromSeconds(60));
            HasGoneOn = true;
        }

        public void Dispose()
        {
            IsWoken.Dispose();
            GoOn.Dispose();
        }
    }

    /// <summary>Notes on which thread it was woken.</summary>
    private sealed class WokenOn : ICommitListener
    {
        private readonly List<int> _threads = [];

        public void OnCommitted()
        {
            lock (_threads)
                _threads.Add(Environment.CurrentManagedThreadId);
        }

        /// <summary>The threads since the last time.</summary>
        public int[] Take()
        {
            lock (_threads)
            {
                int[] taken = [.. _threads];
                _threads.Clear();
                return taken;
            }
        }
    }
}
