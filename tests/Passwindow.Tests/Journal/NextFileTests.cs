using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>The next write-ahead file, which is made before it is needed.</summary>
public sealed class NextFileTests
{
    private const int MaxBytes = 40_000;
    private const int Some = 20; // tokens that fill more than an eighth of a file, and less than a quarter
    private const int Many = 150; // more than a file

    private readonly SimulatedDisk _disk = new();
    private readonly History _history = new();

    [Fact]
    public async Task What_is_written_over_the_zeros_of_a_file_that_was_made_beforehand_survives_a_kill_and_a_power_cut()
    {
        await using var journal = Open();
        using var turn = await BegunAsync(journal);
        using var viewer = new Viewer(turn.Reader, _history);
        Until(() => LengthOf(2) == MaxBytes); // before the first is full
        Assert.Equal(0, _disk[PathOf(2)].Content[^1]);
        await FillAsync(turn, Many);
        Until(() => FaultyJournal.LastBegun(_disk) == 2);
        turn.Token("over the zeros");
        await turn.CommitAsync();
        Assert.Equal(MaxBytes, LengthOf(2));

        long? last = null;
        var reader = new WriteAheadReader(_disk, PathOf(2), isLast: false);
        reader.Read(ref last, static (_, _, _) => { });
        Assert.Equal(0, reader.Torn); // nor are zeros damage in a file that another follows before it is full
        Assert.Empty(await FaultyJournal.CheckRecoveredAsync(_disk.AfterKill(), _history, _history.SeenCount));
        for (int seed = 0; seed < 10; seed++)
            Assert.Empty(await FaultyJournal.CheckRecoveredAsync(_disk.AfterPowerCut(new Random(seed)), _history, _history.SeenCount));
    }

    [Theory]
    [InlineData("as it was made")]
    [InlineData("a part of its first line")]
    [InlineData("nothing")]
    public async Task A_torn_end_before_a_file_that_took_nothing_is_dropped_and_no_damage(string holds)
    {
        await using var journal = Open();
        using var turn = await BegunAsync(journal);
        Until(() => LengthOf(2) == MaxBytes);
        var killed = _disk.AfterKill();
        killed[PathOf(1)].Content = [.. killed[PathOf(1)].Content, .. "{\"crc\":\"torn"u8];
        if (holds != "as it was made")
            killed[PathOf(2)].Content = killed[PathOf(2)].Content[..(holds == "nothing" ? 0 : 10)];

        Assert.Empty(await FaultyJournal.CheckRecoveredAsync(killed, _history, _history.SeenCount));
        Assert.DoesNotContain(killed.Files, static path => path.Contains("/wal/"));
    }

    [Fact]
    public async Task A_hole_at_the_beginning_of_a_file_that_took_much_is_damage()
    {
        await using var journal = Open();
        using var turn = await BegunAsync(journal);
        Until(() => LengthOf(2) == MaxBytes);
        await FillAsync(turn, Many);
        Until(() => FaultyJournal.LastBegun(_disk) == 2);
        await FillAsync(turn, Some);
        var killed = _disk.AfterKill();
        byte[] content = killed[PathOf(2)].Content;
        content.AsSpan(Array.IndexOf(content, (byte)'\n') + 1, 512).Clear();
        killed[PathOf(2)].Content = content;

        Assert.Equal(PathOf(2), Assert.Throws<JournalDamagedException>(() => FaultyJournal.Open(killed)).Path);
    }

    [Theory]
    [InlineData(Durability.Os, long.MaxValue)] // no commit is synced there
    [InlineData(Durability.Fsync, 10 * MaxBytes)]
    internal async Task Nothing_is_filled_where_it_gains_nothing_or_takes_the_last_room(Durability durability, long free)
    {
        _disk.Free = free;
        await using var journal = Open(durability);
        using var turn = await BegunAsync(journal);
        Until(() => LengthOf(2) > 0);
        Assert.False(SpinWait.SpinUntil(() => LengthOf(2) > 255, TimeSpan.FromMilliseconds(100))); // its first line is shorter
    }

    [Fact]
    public async Task A_clean_close_leaves_no_file_that_was_made_beforehand()
    {
        await using (var journal = Open())
        {
            using var turn = await BegunAsync(journal);
            Until(() => LengthOf(2) == MaxBytes);
            turn.Done();
            await turn.CommitAsync();
        }

        Assert.DoesNotContain(_disk.Files, static path => path.Contains("/wal/"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_made_beforehand_closes_the_journal_when_it_is_needed_and_not_before()
    {
        _disk.Fault = static call => call.Path == PathOf(2) ? DiskFault.Error : DiskFault.None;
        await using var journal = Open();
        using var turn = await BegunAsync(journal);
        await FillAsync(turn, Some);
        Assert.True(journal.Health.IsWritable);

        await Assert.ThrowsAsync<JournalUnavailableException>(async () =>
        {
            await FillAsync(turn, Many);
            Until(() => !journal.Health.IsWritable);
            turn.Token("too late");
        });
    }

    [Fact]
    public async Task The_first_file_makes_way_for_the_next_as_soon_as_that_is_made_and_the_next_is_filled_to_its_end()
    {
        const int Mebibyte = 1024 * 1024;
        await using var journal = Open(Durability.Os, maxBytes: 64 * Mebibyte);
        using var turn = new GivenTurn(journal, _history);
        turn.Start();
        await FillAsync(turn, 15, Mebibyte);
        Until(() => LengthOf(2) > 0);
        Assert.Equal(1, FaultyJournal.LastBegun(_disk));

        await FillAsync(turn, 2, Mebibyte);
        Until(() => FaultyJournal.LastBegun(_disk) == 2);
        await FillAsync(turn, 30, Mebibyte);
        Until(() => LengthOf(3) > 0);
        Assert.Equal(2, FaultyJournal.LastBegun(_disk));
    }

    [Fact]
    public async Task A_first_file_that_has_no_next_one_is_filled_to_its_end()
    {
        const int Mebibyte = 1024 * 1024;
        _disk.Fault = static call => call.Path == PathOf(2) ? DiskFault.Error : DiskFault.None;
        await using var journal = Open(Durability.Os, maxBytes: 64 * Mebibyte);
        using var turn = new GivenTurn(journal, _history);
        turn.Start();
        await FillAsync(turn, 30, Mebibyte);

        Assert.True(journal.Health.IsWritable);
    }

    /// <summary>A turn that has filled an eighth of the first file, and some more.</summary>
    private async Task<GivenTurn> BegunAsync(FileJournal journal)
    {
        var turn = new GivenTurn(journal, _history);
        turn.Start();
        await FillAsync(turn, Some);
        return turn;
    }

    private static async Task FillAsync(GivenTurn turn, int tokens, int length = 100)
    {
        for (; tokens > 0; tokens--)
        {
            turn.Token(new string('x', length));
            await turn.CommitAsync();
        }
    }

    private FileJournal Open(Durability durability = Durability.Fsync, int maxBytes = MaxBytes) =>
        FileJournal.Open(new FileJournalSettings(FaultyJournal.Folder, durability, maxBytes), TimeProvider.System, NullLogger<FileJournal>.Instance, _disk);

    private long LengthOf(int number) => _disk.Exists(PathOf(number)) ? ((IDisk)_disk).LengthOf(PathOf(number)) : 0;

    private static string PathOf(int number) => $"{FaultyJournal.Folder}/wal/{number:D8}.jsonl";

    private static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)));
}
