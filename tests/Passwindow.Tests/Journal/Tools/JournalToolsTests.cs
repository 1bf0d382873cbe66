using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Journal.Tools;
using Passwindow.Testing;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Journal.Tools;

public sealed class JournalToolsTests(ITestOutputHelper output)
{
    private const string First = "/data/conversations/default/c_1.jsonl";

    [Fact]
    public async Task A_whole_journal_has_no_findings_and_is_counted()
    {
        var disk = await WriteAsync();
        Assert.Equal((true, "2 conversations, 4 turns, 20 events, 0 write-ahead files: no damage."), Verify(disk));
    }

    [Fact]
    public async Task What_a_killed_server_left_is_whole_and_read_with_what_stands_in_the_write_ahead_file()
    {
        var disk = new SimulatedDisk();
        await using var journal = FaultyJournal.Open(disk);
        await journal.WriteTurnAsync("c_1");
        await journal.BeginTurnAsync("c_2", "Hello", "running");
        await journal.RenameAsync(WrittenTurn.Key("c_2"), "named", default);
        await journal.WriteTurnAsync("c_3");
        await journal.DeleteAsync(WrittenTurn.Key("c_3"), default);
        var killed = disk.AfterKill();
        Assert.True(Verify(killed).IsWhole, Verify(killed).Text);
        using var folder = JournalFolder.Open(FaultyJournal.Folder, killed);
        Assert.Equal(["c_1", "c_2"], folder.Keys.Select(static key => key.Conversation.Value));
        var running = folder.Read(WrittenTurn.Key("c_2"))!;
        Assert.Equal(("named", 4), (running.Title, Assert.Single(running.Turns).Events.Count));
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_conversation_is_named_and_repair_saves_every_other_turn()
    {
        var random = new Random(TestDepth.Seed);
        output.WriteLine($"seed {TestDepth.Seed}");
        var whole = await WriteAsync();
        long length = LengthOf(whole, First);
        int step = TestDepth.Rounds(quick: 37, full: 5);
        for (long at = random.Next(step); at < length; at += step)
        {
            var disk = whole.AfterKill();
            Flip(disk, First, at);
            var (isWhole, text) = Verify(disk);
            Assert.False(isWhole, $"a flip at {at} was not found");
            Assert.Contains($"damaged: {First} at byte ", text, StringComparison.Ordinal);
            Assert.InRange(OffsetIn(text), 0, at);

            using (var folder = JournalFolder.Open(FaultyJournal.Folder, disk))
                JournalRepair.Run(folder, "/new", new StringWriter(), disk);
            await AssertServesAsync(disk, at);
        }
    }

    [Fact]
    public async Task Two_damages_in_one_file_are_both_named()
    {
        var disk = await WriteAsync();
        Flip(disk, First, 400);
        Flip(disk, First, LengthOf(disk, First) - 20);
        string[] named = Verify(disk).Text.Split('\n').Where(static line => line.StartsWith($"damaged: {First} at byte ") && line.Contains("checksum")).ToArray();
        Assert.Equal(2, named.Length);
    }

    [Fact]
    public async Task A_file_cut_short_a_swapped_file_and_one_of_another_version_are_named()
    {
        var disk = await WriteAsync();
        using (var file = disk.Open(First, create: false))
            file.Truncate(file.Length - 10);
        Assert.False(Verify(disk).IsWhole);

        disk = await WriteAsync();
        byte[] other = SalvageScan.ReadAll(disk, "/data/conversations/default/c_2.jsonl");
        using (var file = disk.Open(First, create: false))
        {
            file.Truncate(0);
            file.Write(other, 0);
        }

        Assert.Contains("it is not the file that its name says", Verify(disk).Text, StringComparison.Ordinal);

        disk = await WriteAsync();
        var lines = new LineBuffer();
        JournalLine.WriteObject(lines, 0, null, "\"passwindow\":"u8, """{"format":9}"""u8, 0);
        using (var file = disk.Open(First, create: false))
        {
            file.Truncate(0);
            file.Write(lines.Written, 0);
        }

        Assert.Contains("it is of format 9", Verify(disk).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_in_a_write_ahead_file_is_named_and_repair_saves_what_is_whole()
    {
        var disk = new SimulatedDisk();
        await using var journal = FaultyJournal.Open(disk);
        for (int i = 0; i < 3; i++)
            await journal.BeginTurnAsync($"c_{i}");
        var killed = disk.AfterKill();
        string path = killed.Files.Where(static file => file.Contains("/wal/")).Order().First(); // so little that the next takes none of it, after which the first may be gone
        Flip(killed, path, LengthOf(killed, path) / 2);
        Assert.Throws<JournalDamagedException>(() => FaultyJournal.Open(killed.AfterKill()));
        Assert.Contains($"damaged: {path} at byte ", Verify(killed).Text, StringComparison.Ordinal);
        using (var folder = JournalFolder.Open(FaultyJournal.Folder, killed))
            JournalRepair.Run(folder, "/new", new StringWriter(), killed);
        await using var repaired = OpenNew(killed);
        Assert.InRange((await repaired.PageAsync()).Ids.Count, 2, 3);
    }

    [Fact]
    public async Task Repair_writes_over_nothing_and_not_into_the_old_folder()
    {
        var disk = await WriteAsync();
        using var folder = JournalFolder.Open(FaultyJournal.Folder, disk);
        Assert.Throws<IOException>(() => JournalRepair.Run(folder, "/data", TextWriter.Null, disk));
        Assert.Throws<IOException>(() => JournalRepair.Run(folder, "/data/new", TextWriter.Null, disk));
        JournalRepair.Run(folder, "/new", TextWriter.Null, disk);
        Assert.Throws<IOException>(() => JournalRepair.Run(folder, "/new", TextWriter.Null, disk));
    }

    [Fact]
    public async Task A_repaired_journal_holds_what_the_whole_one_held()
    {
        var disk = await WriteAsync();
        using (var folder = JournalFolder.Open(FaultyJournal.Folder, disk))
            JournalRepair.Run(folder, "/new", TextWriter.Null, disk);
        Assert.Equal(SalvageScan.ReadAll(disk, First), SalvageScan.ReadAll(disk, First.Replace("/data/", "/new/")));
    }

    [Fact]
    public async Task What_a_model_wrote_does_not_speak_to_the_terminal()
    {
        var disk = new SimulatedDisk();
        await using (var journal = FaultyJournal.Open(disk))
            await journal.WriteTurnAsync("c_1", "Hello\nyou", "\u001b]0;title\u0007 red \u009b31m");
        using var folder = JournalFolder.Open(FaultyJournal.Folder, disk);
        var text = new StringWriter();
        JournalExport.WriteMarkdown(folder.Read(WrittenTurn.Key("c_1"))!, text);
        Assert.Contains("Hello\nyou", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(text.ToString(), static each => char.IsControl(each) && each is not '\n' and not '\r');
    }

    private static async Task<SimulatedDisk> WriteAsync()
    {
        var disk = new SimulatedDisk();
        await using var journal = FaultyJournal.Open(disk);
        for (int i = 0; i < 3; i++)
            await journal.WriteTurnAsync("c_1", $"Question {i}", minute: i);
        await journal.WriteTurnAsync("c_2");
        await journal.RenameAsync(WrittenTurn.Key("c_1"), "named", default);
        return disk;
    }

    private static async Task AssertServesAsync(SimulatedDisk disk, long at)
    {
        await using var repaired = OpenNew(disk);
        Assert.NotNull(await repaired.EntryAsync("c_2"));
        var turns = await repaired.ReadConversationAsync(WrittenTurn.Key("c_1"), default);
        Assert.True(turns.Count >= 2, $"a flip at {at} cost more than one turn");
        foreach (var turn in turns)
        {
            Assert.True(turn.HasEnded);
            Assert.NotEmpty(await HistoryChecker.ReadAsync(turn));
        }
    }

    private static FileJournal OpenNew(SimulatedDisk disk) => FileJournal.Open(
        new FileJournalSettings("/new", Durability.Fsync), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<FileJournal>.Instance, disk);

    private static (bool IsWhole, string Text) Verify(SimulatedDisk disk)
    {
        using var folder = JournalFolder.Open(FaultyJournal.Folder, disk);
        var text = new StringWriter();
        bool isWhole = JournalVerification.Run(folder, text);
        return (isWhole, text.ToString().TrimEnd());
    }

    private static long OffsetIn(string text)
    {
        const string before = "at byte ";
        int from = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return long.Parse(text[from..text.IndexOf(':', from)], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static long LengthOf(SimulatedDisk disk, string path)
    {
        using var file = disk.Open(path, create: false);
        return file.Length;
    }

    private static void Flip(SimulatedDisk disk, string path, long at)
    {
        using var file = disk.Open(path, create: false);
        byte[] one = new byte[1];
        file.Read(one, at);
        one[0] ^= 4;
        file.Write(one, at);
    }
}
