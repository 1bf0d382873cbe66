using Microsoft.Extensions.Logging;
using Passwindow.Journal.Files;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>I12: recovery says in one line what it did.</summary>
public sealed class RecoveryLogTests
{
    [Fact]
    public async Task One_line_tells_the_events_kept_the_bytes_dropped_and_the_turns_ended()
    {
        var disk = await KilledAsync();
        string path = disk.Files.Single(static path => path.Contains("/wal/"));
        disk[path].Content = [.. disk[path].Content, .. "{\"crc\":\"torn"u8];
        var log = new LinesLogger();
        await using (Open(disk, log))
        {
        }

        Assert.Equal(["Information: Recovered the journal: kept 3 events, dropped 12 uncommitted bytes, ended 1 turns as interrupted."], log.Lines);
    }

    [Fact]
    public async Task A_clean_start_says_nothing()
    {
        var disk = await KilledAsync();
        await using (Open(disk, new LinesLogger()))
        {
        }

        var log = new LinesLogger();
        await using (Open(disk, log))
        {
        }

        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task A_conversation_that_is_set_aside_is_named_once_with_file_and_offset()
    {
        var disk = new SimulatedDisk();
        await using (var journal = Open(disk, new LinesLogger()))
        {
            using var turn = new GivenTurn(journal, new History());
            turn.Done();
            await turn.CommitAsync();
        }

        string path = disk.Files.Single(static path => path.EndsWith("c_1.jsonl"));
        byte[] content = disk[path].Content;
        content[^9] ^= 4;
        disk[path].Content = content;
        var log = new LinesLogger();
        await using (var journal = Open(disk, log))
        {
            var key = new Protocol.ConversationKey(new("acme"), new("c_1"));
            for (int i = 0; i < 3; i++)
                await Assert.ThrowsAsync<Passwindow.Journal.JournalDamagedException>(async () => await journal.ReadConversationAsync(key, default));
        }

        string line = Assert.Single(log.Lines);
        Assert.StartsWith("Error: A conversation is set aside", line);
        Assert.Contains(path + " at byte ", line);
    }

    [Fact]
    public async Task A_journal_that_does_not_sync_before_it_shows_closes_in_good_order_though_turns_are_still_to_be_stored()
    {
        string folder = Directory.CreateTempSubdirectory("passwindow-").FullName;
        var log = new LinesLogger();
        for (int i = 0; i < 25; i++)
        {
            await using var journal = FileJournal.Open(new FileJournalSettings(folder, Durability.Os), TimeProvider.System, log);
            using var turn = new GivenTurn(journal, new History(), $"c_{i}");
            turn.Start();
            turn.Done();
            await turn.CommitAsync();
        }

        Assert.Empty(log.Lines);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<SimulatedDisk> KilledAsync()
    {
        var disk = new SimulatedDisk();
        await using var journal = Open(disk, new LinesLogger());
        using var ended = new GivenTurn(journal, new History());
        ended.Start();
        ended.Done();
        await ended.CommitAsync();
        using var running = await GivenTurn.BeginAsync(journal, new History(), "c_2");
        return disk.AfterKill();
    }

    private static FileJournal Open(SimulatedDisk disk, ILogger<FileJournal> log) =>
        FileJournal.Open(new FileJournalSettings("/data", Durability.Fsync), TimeProvider.System, log, disk);

    private sealed class LinesLogger : ILogger<FileJournal>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
