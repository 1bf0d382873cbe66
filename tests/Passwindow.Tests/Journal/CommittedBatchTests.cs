using System.Text;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Passwindow.Tests.Journal.Faults;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>What readers are given of the journal's events.</summary>
public sealed class CommittedBatchTests
{
    private readonly SimulatedDisk _disk = new();
    private readonly History _history = new();

    [Fact]
    public async Task What_was_read_stays_as_it_was_when_its_turn_has_gone_and_others_use_the_memory()
    {
        await using var journal = FaultyJournal.Open(_disk);
        var batch = new CommittedBatch();
        using (var turn = await BegunAsync(journal, "c_1"))
        {
            for (int i = 0; i < 30; i++)
                turn.Token($"piece {i}");
            await turn.CommitAsync();
            Assert.Equal(31, await turn.Reader.ReadAsync(0, batch, default));
            turn.Done();
            await turn.CommitAsync();
        }

        await OverwriteAsync(journal);

        Assert.Equal(Enumerable.Range(0, 30).Select(static i => $"piece {i}"), batch.Events[1..].ToArray().Select(static each => EventJson.GetString(each.Json.Span, "token"u8)));
    }

    [Fact]
    public async Task A_reader_of_a_turn_that_has_ended_reads_it_whole_once_it_is_in_its_file_alone()
    {
        await using var journal = FaultyJournal.Open(_disk);
        using var turn = await BegunAsync(journal, "c_1");
        using var viewer = new Viewer(turn.Reader, _history);
        for (int i = 0; i < 400; i++)
            turn.Token(new string((char)('a' + (i % 26)), 100));
        turn.Done();
        await turn.CommitAsync();
        await viewer.Ended;
        await OverwriteAsync(journal);

        var read = await HistoryChecker.ReadAsync(turn.Reader);

        Assert.Equal(402, read.Count);
        Assert.Equal(_history.Seen.Select(static seen => seen.Json), read);
    }

    [Fact]
    public void It_is_full_at_its_number_of_events_and_at_its_bytes()
    {
        var batch = new CommittedBatch(maxEvents: 3);
        for (int i = 0; i < 3; i++)
        {
            Assert.False(batch.IsFull);
            Add(batch, "{}");
        }

        Assert.True(batch.IsFull);
        batch.Clear();
        Assert.Equal((0, false), (batch.Count, batch.IsFull));
        Add(batch, new string('x', CommittedBatch.MaxBytes));
        Assert.True(batch.IsFull);
    }

    [Fact]
    public void What_stands_in_it_stays_when_its_buffer_grows()
    {
        var batch = new CommittedBatch();
        string[] given = [.. Enumerable.Range(1, CommittedBatch.MaxEvents).Select(static i => new string((char)('a' + (i % 26)), i * 40))];
        foreach (string json in given)
            Add(batch, json);

        Assert.Equal(given, batch.Events.ToArray().Select(static each => Encoding.UTF8.GetString(each.Json.Span)));
    }

    private static void Add(CommittedBatch batch, string json) => batch.Add(Testing.Commit.As(new TurnId("t_1"), batch.Count + 1, EventType.Token, batch.Keep(Encoding.UTF8.GetBytes(json))));

    private Task<GivenTurn> BegunAsync(IJournal journal, string conversation) => GivenTurn.BeginAsync(journal, _history, conversation);

    /// <summary>Fills file after file until the turns of the first are stored and have returned their memory, which others take.</summary>
    private async Task OverwriteAsync(IJournal journal)
    {
        string first = _disk.List($"{FaultyJournal.Folder}/wal", WriteAheadFile.Ending).Order().Last();
        for (int i = 0; _disk.Exists(first); i++)
        {
            Assert.InRange(i, 0, 1_000);
            using var other = await BegunAsync(journal, $"c_other{i}");
            for (int token = 0; token < 50; token++)
                other.Token("################################");
            other.Done();
            await other.CommitAsync();
        }
    }
}
