using Passwindow.Conversations;
using Passwindow.Journal.Files;
using Passwindow.Protocol.Upstream;
using Passwindow.Tests.Journal;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Conversations;

public sealed class MemoryTests
{
    [Fact]
    public async Task A_new_turn_of_a_long_conversation_reads_only_the_turn_before_it()
    {
        var disk = new CountingDisk(new SimulatedDisk());
        await using var journal = FaultyJournal.Open(disk);
        var memory = new Memory(journal);
        var key = WrittenTurn.Key("c_1");
        for (int i = 0; i < 50; i++)
            await journal.WriteTurnAsync("c_1", $"Question {i}", new string('a', 3_000));
        Assert.Equal(100, (await memory.ReadAsync(key, default)).Count);
        long first = disk.BytesRead;
        Assert.Equal(100, (await memory.ReadAsync(key, default)).Count);
        Assert.Equal(first, disk.BytesRead);
        await journal.WriteTurnAsync("c_1", "One more", "answer");
        var told = await memory.ReadAsync(key, default);
        Assert.Equal(102, told.Count);
        Assert.Equal("answer", ((TextPart)told[^1].Parts[0]).Text);
        Assert.InRange(disk.BytesRead - first, 0, 256 * 1024); // one turn, through the window that lines are read through
    }

    [Fact]
    public async Task A_turn_that_has_not_ended_is_read_again_until_it_has()
    {
        await using var journal = FaultyJournal.Open(new SimulatedDisk());
        var memory = new Memory(journal);
        var writer = await journal.BeginTurnAsync("c_1", "Hello", "par");
        Assert.Equal("par", Text((await memory.ReadAsync(WrittenTurn.Key("c_1"), default))[^1]));
        using var events = new Passwindow.Protocol.EventWriter();
        writer.Append(Passwindow.Protocol.EventType.Token, events.Token(writer.NextSeq, "tial"u8));
        writer.Append(Passwindow.Protocol.EventType.Done, events.Done(writer.NextSeq, Passwindow.Protocol.FinishReason.Stop));
        await writer.CommitAsync();
        Assert.Equal("partial", Text((await memory.ReadAsync(WrittenTurn.Key("c_1"), default))[^1]));
    }

    [Fact]
    public async Task A_conversation_that_was_deleted_and_begun_anew_is_told_as_it_is_now()
    {
        await using var journal = FaultyJournal.Open(new SimulatedDisk());
        var memory = new Memory(journal);
        await journal.WriteTurnAsync("c_1", "old");
        await memory.ReadAsync(WrittenTurn.Key("c_1"), default);
        await journal.DeleteAsync(WrittenTurn.Key("c_1"), default);
        Assert.Empty(await memory.ReadAsync(WrittenTurn.Key("c_1"), default));
        Assert.Equal(0, memory.Bytes);
        await journal.WriteTurnAsync("c_1", "new");
        Assert.Equal("new", Text((await memory.ReadAsync(WrittenTurn.Key("c_1"), default))[0]));
    }

    [Fact]
    public async Task What_is_kept_is_bounded()
    {
        await using var journal = FaultyJournal.Open(new SimulatedDisk());
        var memory = new Memory(journal);
        string large = new('x', 1_000_000);
        for (int i = 0; i < 40; i++)
        {
            await journal.WriteTurnAsync($"c_{i % 20}", large, "a");
            await memory.ReadAsync(WrittenTurn.Key($"c_{i % 20}"), default);
            Assert.InRange(memory.Bytes, 1, Memory.MaxBytes);
        }

        for (int i = 0; i < 10; i++)
            await journal.WriteTurnAsync("c_huge", large, "a");
        Assert.Equal(20, (await memory.ReadAsync(WrittenTurn.Key("c_huge"), default)).Count);
        Assert.InRange(memory.Bytes, 1, Memory.MaxBytes);
    }

    private static string Text(ChatMessage message) => ((TextPart)message.Parts[0]).Text;

    /// <summary>Counts what is read.</summary>
    private sealed class CountingDisk(IDisk disk) : IDisk
    {
        private long _bytesRead;

        public long BytesRead => Volatile.Read(ref _bytesRead);

        public IDisposable Lock(string folder) => disk.Lock(folder);

        public IDiskFile Open(string path, bool create) => new CountingFile(this, disk.Open(path, create));

        public bool Exists(string path) => disk.Exists(path);

        public IReadOnlyList<string> List(string folder, string ending) => disk.List(folder, ending);

        public IReadOnlyList<string> Folders(string folder) => disk.Folders(folder);

        public void CreateFolder(string path) => disk.CreateFolder(path);

        public void Delete(string path) => disk.Delete(path);

        public void SyncFolder(string path) => disk.SyncFolder(path);

        public long FreeBytes(string folder) => disk.FreeBytes(folder);

        private sealed class CountingFile(CountingDisk owner, IDiskFile file) : IDiskFile
        {
            public long Length => file.Length;

            public int Read(Span<byte> into, long offset)
            {
                int read = file.Read(into, offset);
                Interlocked.Add(ref owner._bytesRead, read);
                return read;
            }

            public void Write(ReadOnlySpan<byte> bytes, long offset) => file.Write(bytes, offset);

            public void Truncate(long length) => file.Truncate(length);

            public void Sync() => file.Sync();

            public void Dispose() => file.Dispose();
        }
    }
}
