using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Journal;

[Collection(Http.Alone.Name)]
public sealed class ManyConversationsTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    [Fact]
    public async Task A_start_opens_no_conversation_that_the_catalog_knows_and_takes_little_memory_for_each()
    {
        int count = TestDepth.Rounds(quick: 5_000, full: 100_000);
        Write(count);
        var (rebuilt, _) = await StartAsync();

        // More than once: what tests before this one left may be let go of in between, and is as much.
        TimeSpan started;
        long each;
        int tries = 0;
        do
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            (started, long held) = await StartAsync(before);
            each = held / count;
            output.WriteLine($"{count} conversations: made anew in {rebuilt.TotalMilliseconds:F0} ms, started in {started.TotalMilliseconds:F0} ms, {each} bytes of memory each");
        }
        while (each < 1 && ++tries < 5);

        Assert.InRange(each, 1, 700);
        Assert.InRange(started, TimeSpan.Zero, TimeSpan.FromSeconds(20)); // a bound against minutes, not a measurement

        // Only what the catalog cannot know is read.
        var disk = new ReadingDisk();
        File.WriteAllBytes(Path.Combine(_folder, "conversations", "default", "c_00000007.jsonl"), Turn("c_00000007", "t_of_another_length"));
        await using (Open(disk))
        {
        }

        Assert.Equal(1, disk.ConversationsOpened);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(TimeSpan Time, long Held)> StartAsync(long before = 0)
    {
        long from = TimeProvider.System.GetTimestamp();
        await using var journal = Open(Disk.Instance);
        var time = TimeProvider.System.GetElapsedTime(from);
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal(100, (await journal.PageAsync()).Ids.Count);
        return (time, held);
    }

    private FileJournal Open(IDisk disk) =>
        FileJournal.Open(new FileJournalSettings(_folder, Durability.Os), TimeProvider.System, NullLogger<FileJournal>.Instance, disk);

    private void Write(int count)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "conversations", "default")).FullName;
        for (int i = 0; i < count; i++)
        {
            string id = $"c_{i:D8}";
            File.WriteAllBytes(Path.Combine(folder, id + ".jsonl"), Turn(id, $"t_{i:D8}"));
        }
    }

    private static byte[] Turn(string id, string turn)
    {
        var lines = new LineBuffer();
        var key = WrittenTurn.Key(id);
        using var events = new EventWriter();
        uint crc = JournalLine.WriteObject(lines, 0, null, "\"passwindow\":"u8, FileHead.Conversation(key), 0);
        var opening = new Passwindow.Journal.TurnOpening(new TurnId(turn), key.Tenant, key.Conversation, null, "demo/script", $"A question of the usual length, number {id}", WrittenTurn.Start);
        crc = JournalLine.WriteOpening(lines, 0, opening.Turn, opening.ToJson(), crc);
        JournalLine.WriteEvent(lines, 0, opening.Turn, events.Done(1, FinishReason.Stop), crc);
        return lines.Written.ToArray();
    }

    /// <summary>Counts the conversations' files that are opened.</summary>
    private sealed class ReadingDisk : IDisk
    {
        public int ConversationsOpened { get; private set; }

        public IDisposable Lock(string folder) => Disk.Instance.Lock(folder);

        public IDiskFile Open(string path, bool create)
        {
            if (path.Contains("/conversations/"))
                ConversationsOpened++;
            return Disk.Instance.Open(path, create);
        }

        public bool Exists(string path) => Disk.Instance.Exists(path);

        public long LengthOf(string path) => Disk.Instance.LengthOf(path);

        public IReadOnlyList<string> List(string folder, string ending) => Disk.Instance.List(folder, ending);

        public IReadOnlyList<string> Folders(string folder) => Disk.Instance.Folders(folder);

        public void CreateFolder(string path) => Disk.Instance.CreateFolder(path);

        public void Delete(string path) => Disk.Instance.Delete(path);

        public void SyncFolder(string path) => Disk.Instance.SyncFolder(path);

        public long FreeBytes(string folder) => Disk.Instance.FreeBytes(folder);
    }
}
