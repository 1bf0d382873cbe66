using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Journal.Faults;

/// <summary>Renames and deletions when the process, the power or the disk goes away under them.</summary>
public sealed class ConversationCrashTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_kill_right_after_a_deletion_was_answered_brings_nothing_back()
    {
        var disk = new SimulatedDisk();
        await using var journal = FaultyJournal.Open(disk);
        await journal.WriteTurnAsync("c_1");
        await journal.WriteTurnAsync("c_2");
        await journal.DeleteAsync(WrittenTurn.Key("c_1"), default);
        await using var next = FaultyJournal.Open(disk.AfterKill());
        Assert.Equal(["c_2"], (await next.PageAsync()).Ids);
        Assert.Empty(await next.ReadConversationAsync(WrittenTurn.Key("c_1"), default));
    }

    [Fact]
    public async Task A_kill_right_after_a_rename_was_answered_keeps_the_title()
    {
        var disk = new SimulatedDisk();
        await using var journal = FaultyJournal.Open(disk);
        await journal.WriteTurnAsync("c_1");
        await journal.RenameAsync(WrittenTurn.Key("c_1"), "named", default);
        var killed = disk.AfterKill();
        for (int i = 0; i < 2; i++)
        {
            await using var next = FaultyJournal.Open(killed);
            Assert.Equal("named", (await next.EntryAsync("c_1"))!.Title);
        }
    }

    [Fact]
    public async Task An_hour_after_a_deletion_no_byte_of_it_is_on_the_disk()
    {
        var time = new HandTime();
        var disk = new SimulatedDisk();
        await using var journal = FileJournal.Open(
            new FileJournalSettings(FaultyJournal.Folder, Durability.Fsync), time, Microsoft.Extensions.Logging.Abstractions.NullLogger<FileJournal>.Instance, disk);
        await journal.WriteTurnAsync("c_1", message: "a secret");
        var running = await journal.BeginTurnAsync("c_2");
        await journal.DeleteAsync(WrittenTurn.Key("c_1"), default);
        Assert.Contains(disk.Files, Holds);
        time.Advance(TimeSpan.FromHours(1));
        await Http.Waiting.ForAsync(() => !disk.Files.Any(Holds));
        Assert.Equal(1 + 3, running.Reader.Committed);
        await using var next = FaultyJournal.Open(disk.AfterKill());
        Assert.Equal(["c_2"], (await next.PageAsync()).Ids);

        bool Holds(string path)
        {
            try
            {
                return Passwindow.Journal.Tools.SalvageScan.ReadAll(disk, path).AsSpan().IndexOf("a secret"u8) >= 0;
            }
            catch (FileNotFoundException)
            {
                return false; // it went in this moment
            }
        }
    }

    [Fact]
    public async Task A_power_cut_before_any_call_keeps_what_was_answered()
    {
        var random = new Random(TestDepth.Seed);
        output.WriteLine($"seed {TestDepth.Seed}");
        var disk = new SimulatedDisk();
        var known = new Known();
        var cuts = new List<(int Call, SimulatedDisk Disk, Dictionary<string, string?> Sure, HashSet<string> InDoubt)>();
        disk.BeforeCall = call =>
        {
            lock (known)
                cuts.Add((disk.Calls, disk.Snapshot(), new(known.Sure), [.. known.InDoubt]));
        };
        await using (var journal = FaultyJournal.Open(disk))
            await RunScriptAsync(journal, known);
        disk.BeforeCall = null;

        int step = TestDepth.IsFull ? 1 : 5;
        for (int i = random.Next(step); i < cuts.Count; i += step)
        {
            var (call, image, sure, inDoubt) = cuts[i];
            await using var next = FaultyJournal.Open(image.AfterPowerCut(random));
            foreach (var (id, title) in sure.Where(each => !inDoubt.Contains(each.Key)))
                Assert.True((await next.EntryAsync(id))?.Title == title, $"cut before call {call}, seed {TestDepth.Seed}: {id} is '{(await next.EntryAsync(id))?.Title}', not '{title}'");
            foreach (string id in (await next.PageAsync()).Ids)
                Assert.NotEmpty(await next.ReadConversationAsync(WrittenTurn.Key(id), default));
        }
    }

    [Fact]
    public async Task A_disk_that_fails_at_any_call_never_undoes_what_was_answered()
    {
        var counting = new SimulatedDisk();
        await using (var journal = FaultyJournal.Open(counting))
            await RunScriptAsync(journal, new Known());
        int step = TestDepth.IsFull ? 1 : 7;
        for (int failing = 1; failing <= counting.Calls; failing += step)
        {
            var disk = new SimulatedDisk { Fault = call => call.Number == failing ? DiskFault.Error : DiskFault.None };
            var known = new Known();
            try
            {
                await using var journal = FaultyJournal.Open(disk);
                await RunScriptAsync(journal, known);
            }
            catch (Exception e) when (e is IOException or JournalUnavailableException)
            {
                // It could not be opened, or said so.
            }

            disk.Fault = null;
            await using var next = FaultyJournal.Open(disk.AfterKill());
            foreach (var (id, title) in known.Sure.Where(each => !known.InDoubt.Contains(each.Key)))
                Assert.True((await next.EntryAsync(id))?.Title == title, $"call {failing} failed: {id} is '{(await next.EntryAsync(id))?.Title}', not '{title}'");
        }
    }

    [Fact]
    public async Task A_catalog_of_garbage_is_made_anew_and_says_the_same()
    {
        var disk = new SimulatedDisk();
        await using (var journal = FaultyJournal.Open(disk))
        {
            for (int i = 0; i < 10; i++)
                await journal.WriteTurnAsync($"c_{i}", minute: i, abandoned: i);
            await journal.RenameAsync(WrittenTurn.Key("c_3"), "named", default);
        }

        string catalog = disk.Files.Single(static path => path.Contains("/catalog/"));
        var before = await ListAsync();
        Assert.Equal([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], before.Select(static entry => entry.AbandonedTokens));
        using (var file = disk.Open(catalog, create: false))
            file.Write(new byte[40], file.Length / 2);
        Assert.Equal(before, await ListAsync());
        disk.Delete(disk.Files.Single(static path => path.Contains("/catalog/")));
        Assert.Equal(before, await ListAsync());

        async Task<List<ConversationEntry>> ListAsync()
        {
            await using var journal = FaultyJournal.Open(disk);
            var page = await journal.ListAsync(new ListQuery(WrittenTurn.Key("c").Tenant, null, 100, null), default);
            return [.. page.Entries];
        }
    }

    /// <summary>Turns, renames and deletions of five conversations, over several write-ahead files.</summary>
    private static async Task RunScriptAsync(FileJournal journal, Known known)
    {
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 5; i++)
            {
                string id = $"c_{i}";
                var key = WrittenTurn.Key(id);
                string? before = known.TitleOf(id);
                await known.DoAsync(id, async () => await journal.WriteTurnAsync(id, message: $"Hello {round}", minute: round), before ?? $"Hello {round}");
                if (i % 2 == 0)
                    await known.DoAsync(id, async () => await journal.RenameAsync(key, $"title {round}", default), $"title {round}");
                if (i % 3 == 0)
                    await known.DoAsync(id, async () => await journal.DeleteAsync(key, default), null);
            }
        }
    }

    /// <summary>What was answered: the title of each conversation, null for one that is deleted. While something is asked it is in doubt.</summary>
    private sealed class Known
    {
        public Dictionary<string, string?> Sure { get; } = [];

        public HashSet<string> InDoubt { get; } = [];

        public string? TitleOf(string id)
        {
            lock (this)
                return Sure.GetValueOrDefault(id);
        }

        public async Task DoAsync(string id, Func<Task> ask, string? title)
        {
            lock (this)
                InDoubt.Add(id);
            await ask();
            lock (this)
            {
                Sure[id] = title;
                InDoubt.Remove(id);
            }
        }
    }
}
