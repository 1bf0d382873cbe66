using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>What every journal does with conversations. Each journal has a subclass that opens it.</summary>
public abstract class ConversationBehaviour : IAsyncLifetime
{
    private IJournal _journal = null!;

    internal abstract ValueTask<IJournal> OpenAsync();

    public async ValueTask InitializeAsync() => _journal = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_list_is_newest_first_by_the_last_turn()
    {
        await _journal.WriteTurnAsync("c_1", minute: 1);
        await _journal.WriteTurnAsync("c_2", minute: 2);
        await _journal.WriteTurnAsync("c_3", minute: 3);
        await _journal.WriteTurnAsync("c_1", minute: 4);
        Assert.Equal(["c_1", "c_3", "c_2"], (await _journal.PageAsync()).Ids);
        Assert.Equal(WrittenTurn.Start.AddMinutes(4), (await _journal.EntryAsync("c_1"))!.UpdatedAt);
    }

    [Fact]
    public async Task Pages_follow_on_and_the_last_says_that_it_is_the_last()
    {
        for (int i = 0; i < 10; i++)
            await _journal.WriteTurnAsync($"c_{i}", minute: i / 3); // several of the same time
        var seen = new List<string>();
        ListPlace? place = null;
        do
        {
            var (ids, next) = await _journal.PageAsync(place, limit: 3);
            seen.AddRange(ids);
            Assert.Equal(next is null ? 1 : 3, ids.Count);
            place = next;
        }
        while (place is not null);
        Assert.Equal(["c_9", "c_8", "c_7", "c_6", "c_5", "c_4", "c_3", "c_2", "c_1", "c_0"], seen);
    }

    [Fact]
    public async Task A_page_that_ends_exactly_at_the_end_has_no_next()
    {
        for (int i = 0; i < 4; i++)
            await _journal.WriteTurnAsync($"c_{i}", minute: i);
        var (_, next) = await _journal.PageAsync(limit: 2);
        Assert.Null((await _journal.PageAsync(next, limit: 2)).Next);
    }

    [Fact]
    public async Task While_turns_arrive_no_page_repeats_one_and_none_that_stood_still_is_left_out()
    {
        for (int i = 0; i < 20; i++)
            await _journal.WriteTurnAsync($"c_{i:D2}", minute: i);
        var seen = new List<string>();
        ListPlace? place = null;
        int minute = 100;
        do
        {
            var (ids, next) = await _journal.PageAsync(place, limit: 3);
            seen.AddRange(ids);
            place = next;
            await _journal.WriteTurnAsync(ids[^1], minute: minute++);  // the very one at the cursor moves to the top
            await _journal.WriteTurnAsync("c_05", minute: minute++);   // one that was not reached yet moves to the top
            await _journal.WriteTurnAsync($"c_new{minute}", minute: minute++);
            if (seen.Count == 6)
                await _journal.DeleteAsync(WrittenTurn.Key(ids[0]), default);
        }
        while (place is not null);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(Enumerable.Range(0, 20).Where(static i => i != 5).Select(static i => $"c_{i:D2}"), seen.Order());
    }

    [Fact]
    public async Task Nothing_is_listed_before_its_first_event_is_committed()
    {
        var key = WrittenTurn.Key("c_1");
        var opening = new TurnOpening(_journal.CreateTurnId(key), key.Tenant, key.Conversation, null, "demo/script", "secret", WrittenTurn.Start);
        _journal.Open(opening);
        Assert.Empty((await _journal.PageAsync()).Ids);
        Assert.Null(await _journal.EntryAsync("c_1"));
        Assert.False(await _journal.RenameAsync(key, "early", default));
    }

    [Fact]
    public async Task A_running_turn_is_named_until_it_ends()
    {
        var writer = await _journal.BeginTurnAsync("c_1");
        Assert.Equal(writer.Reader.Opening.Turn, (await _journal.EntryAsync("c_1"))!.Running);
        using var events = new EventWriter();
        writer.Append(EventType.Done, events.Done(writer.NextSeq, FinishReason.Stop));
        await writer.CommitAsync();
        Assert.Null((await _journal.EntryAsync("c_1"))!.Running);
    }

    [Fact]
    public async Task A_title_is_the_beginning_of_the_first_message_on_one_line_and_no_pair_is_cut()
    {
        await _journal.WriteTurnAsync("c_1", message: "  What\n is\tthis?  ");
        await _journal.WriteTurnAsync("c_1", message: "And this?");
        await _journal.WriteTurnAsync("c_2", message: new string('x', 78) + "😀😀" + new string('y', 500_000));
        Assert.Equal("What is this?", (await _journal.EntryAsync("c_1"))!.Title);
        Assert.Equal(new string('x', 78) + "…", (await _journal.EntryAsync("c_2"))!.Title);
    }

    [Fact]
    public async Task The_last_rename_wins_and_outlives_later_turns_and_a_restart()
    {
        await _journal.WriteTurnAsync("c_1");
        Assert.True(await _journal.RenameAsync(WrittenTurn.Key("c_1"), "first", default));
        Assert.True(await _journal.RenameAsync(WrittenTurn.Key("c_1"), "second äöü 🙂 \"", default));
        await _journal.WriteTurnAsync("c_1", minute: 5);
        await ReopenAsync();
        var entry = (await _journal.EntryAsync("c_1"))!;
        Assert.Equal(("second äöü 🙂 \"", WrittenTurn.Start.AddMinutes(5)), (entry.Title, entry.UpdatedAt));
        Assert.Equal(2, (await _journal.ReadConversationAsync(entry.Key, default)).Count);
    }

    [Fact]
    public async Task A_rename_while_the_first_turn_runs_is_kept()
    {
        var writer = await _journal.BeginTurnAsync("c_1");
        Assert.True(await _journal.RenameAsync(WrittenTurn.Key("c_1"), "named early", default));
        using var events = new EventWriter();
        writer.Append(EventType.Done, events.Done(writer.NextSeq, FinishReason.Stop));
        await writer.CommitAsync();
        await ReopenAsync();
        Assert.Equal("named early", (await _journal.EntryAsync("c_1"))!.Title);
        Assert.Single(await _journal.ReadConversationAsync(WrittenTurn.Key("c_1"), default));
    }

    [Fact]
    public async Task A_deleted_conversation_is_nowhere_also_after_a_restart()
    {
        var opening = await _journal.WriteTurnAsync("c_1");
        await _journal.WriteTurnAsync("c_2");
        Assert.True(await _journal.DeleteAsync(opening.ConversationKey, default));
        await AssertGoneAsync();
        await ReopenAsync();
        await AssertGoneAsync();

        async Task AssertGoneAsync()
        {
            Assert.Equal(["c_2"], (await _journal.PageAsync()).Ids);
            Assert.Null(await _journal.FindAsync(opening.Key, default));
            Assert.Empty(await _journal.ReadConversationAsync(opening.ConversationKey, default));
            Assert.False(await _journal.DeleteAsync(opening.ConversationKey, default));
            Assert.False(await _journal.RenameAsync(opening.ConversationKey, "again", default));
            Assert.Empty((await _journal.PageAsync(text: "c_1")).Ids);
        }
    }

    [Fact]
    public async Task A_conversation_of_the_same_id_can_begin_anew()
    {
        await _journal.WriteTurnAsync("c_1", message: "old");
        await _journal.RenameAsync(WrittenTurn.Key("c_1"), "old title", default);
        await _journal.DeleteAsync(WrittenTurn.Key("c_1"), default);
        await _journal.WriteTurnAsync("c_1", message: "new");
        await ReopenAsync();
        Assert.Equal("new", (await _journal.EntryAsync("c_1"))!.Title);
        Assert.Equal("new", Assert.Single(await _journal.ReadConversationAsync(WrittenTurn.Key("c_1"), default)).Opening.Message);
    }

    [Fact]
    public async Task A_conversation_with_a_running_turn_is_not_deleted()
    {
        await _journal.BeginTurnAsync("c_1");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _journal.DeleteAsync(WrittenTurn.Key("c_1"), default));
        Assert.NotNull(await _journal.EntryAsync("c_1"));
    }

    [Fact]
    public async Task Another_tenant_can_neither_see_nor_rename_nor_delete()
    {
        await _journal.WriteTurnAsync("c_1", tenant: "acme", answer: "needle");
        var foreign = WrittenTurn.Key("c_1", "globex");
        Assert.Empty((await _journal.PageAsync(tenant: "globex")).Ids);
        Assert.Empty((await _journal.PageAsync(text: "needle", tenant: "globex")).Ids);
        Assert.Null(await _journal.DescribeAsync(foreign, default));
        Assert.False(await _journal.RenameAsync(foreign, "mine", default));
        Assert.False(await _journal.DeleteAsync(foreign, default));
        Assert.Equal("Hello", (await _journal.EntryAsync("c_1", "acme"))!.Title);
    }

    [Fact]
    public async Task A_search_finds_titles_messages_and_answers_across_tokens_whatever_the_case()
    {
        await _journal.WriteTurnAsync("c_title", message: "x", minute: 1);
        await _journal.RenameAsync(WrittenTurn.Key("c_title"), "My NEEDLE", default);
        await _journal.WriteTurnAsync("c_message", message: new string('x', 300) + " a Needle in it", minute: 2);
        await _journal.WriteTurnAsync("c_answer", answer: "there was one nEEdle in here", minute: 3);
        await _journal.WriteTurnAsync("c_none", answer: "need le", minute: 4);
        await _journal.BeginTurnAsync("c_running", answer: "a needle", minute: 5);
        Assert.Equal(["c_running", "c_answer", "c_message", "c_title"], (await _journal.PageAsync(text: "needle")).Ids);
        Assert.Empty((await _journal.PageAsync(text: "no such thing")).Ids);
        Assert.Equal(["c_message"], (await _journal.PageAsync(text: "a needle in")).Ids);
    }

    [Fact]
    public async Task A_search_does_a_bounded_part_and_its_cursor_goes_on_to_the_end()
    {
        int count = ConversationSearch.MaxConversations + 50;
        for (int i = 0; i < count; i++)
            await _journal.WriteTurnAsync($"c_{i:D4}", answer: i == 3 ? "needle" : "hay", minute: i);
        var first = await _journal.PageAsync(text: "needle");
        Assert.Empty(first.Ids);
        Assert.NotNull(first.Next);
        var second = await _journal.PageAsync(first.Next, text: "needle");
        Assert.Equal(["c_0003"], second.Ids);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Idle_conversations_are_the_old_ones_in_which_nothing_runs()
    {
        await _journal.WriteTurnAsync("c_old", minute: 1);
        await _journal.WriteTurnAsync("c_old", minute: 2, tenant: "acme");
        await _journal.BeginTurnAsync("c_running", minute: 1);
        await _journal.WriteTurnAsync("c_back", minute: 1);
        await _journal.WriteTurnAsync("c_back", minute: 30);
        var idle = await _journal.ListIdleAsync(WrittenTurn.Start.AddMinutes(10), onlyUnlisted: false, 100, default);
        Assert.Equal([WrittenTurn.Key("c_old", "acme"), WrittenTurn.Key("c_old")], idle.Select(static entry => entry.Key).OrderBy(static key => key.Tenant.Value));
        Assert.Single(await _journal.ListIdleAsync(WrittenTurn.Start.AddMinutes(10), onlyUnlisted: false, 1, default));
    }

    [Fact]
    public async Task Renames_deletions_and_turns_at_once_leave_what_the_last_of_them_said()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Task.Run(async () =>
        {
            string id = $"c_{number}";
            for (int round = 0; round < 5; round++)
            {
                await _journal.WriteTurnAsync(id, message: $"{number}.{round}", minute: round);
                await _journal.RenameAsync(WrittenTurn.Key(id), $"title {number}.{round}", default);
                if (round == 2 || (round == 4 && number % 2 == 0))
                    Assert.True(await _journal.DeleteAsync(WrittenTurn.Key(id), default));
            }
        })));
        await ReopenAsync();
        Assert.Equal(20, (await _journal.PageAsync()).Ids.Count);
        for (int number = 1; number < 40; number += 2)
        {
            Assert.Equal($"title {number}.4", (await _journal.EntryAsync($"c_{number}"))!.Title);
            Assert.Equal(2, (await _journal.ReadConversationAsync(WrittenTurn.Key($"c_{number}"), default)).Count);
        }
    }

    [Fact]
    public async Task Abandoned_tokens_are_summed_over_all_turns_as_soon_as_the_end_is_shown_and_survive_a_restart()
    {
        await _journal.WriteTurnAsync("c_1", minute: 1, abandoned: 7);
        Assert.Equal(7, (await _journal.EntryAsync("c_1"))!.AbandonedTokens);
        await _journal.WriteTurnAsync("c_1", minute: 2);
        await _journal.WriteTurnAsync("c_2", minute: 3);
        await ReopenAsync(); // from the conversations' files, or the catalog of a good close
        await _journal.WriteTurnAsync("c_1", minute: 4, abandoned: 5);
        await _journal.WriteTurnAsync("c_1", minute: 4, abandoned: 30, tenant: "acme");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((12, 0, 30), ((await _journal.EntryAsync("c_1"))!.AbandonedTokens, (await _journal.EntryAsync("c_2"))!.AbandonedTokens, (await _journal.EntryAsync("c_1", "acme"))!.AbandonedTokens));
            await ReopenAsync();
        }

        await _journal.DeleteAsync(WrittenTurn.Key("c_1"), default);
        await _journal.WriteTurnAsync("c_1", minute: 5, abandoned: 1);
        Assert.Equal(1, (await _journal.EntryAsync("c_1"))!.AbandonedTokens);
        await ReopenAsync();
        Assert.Equal(1, (await _journal.EntryAsync("c_1"))!.AbandonedTokens);
    }

    private async Task ReopenAsync()
    {
        await _journal.DisposeAsync();
        _journal = await OpenAsync();
    }
}

/// <summary>The embedded journal on the real file system.</summary>
public sealed class FileConversationBehaviour : ConversationBehaviour
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    internal override ValueTask<IJournal> OpenAsync() =>
        new(FileJournal.Open(new FileJournalSettings(_folder, Durability.Fsync), TimeProvider.System, NullLogger<FileJournal>.Instance));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The same with write-ahead files so small that every few events roll one over, and without syncs before showing.</summary>
public sealed class SmallFilesConversationBehaviour : ConversationBehaviour
{
    private readonly string _folder = Directory.CreateTempSubdirectory("passwindow-").FullName;

    internal override ValueTask<IJournal> OpenAsync() =>
        new(FileJournal.Open(new FileJournalSettings(_folder, Durability.Os, MaxWriteAheadBytes: 2_000), TimeProvider.System, NullLogger<FileJournal>.Instance));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
