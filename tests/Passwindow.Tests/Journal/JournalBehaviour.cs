using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;
using Xunit;

namespace Passwindow.Tests.Journal;

/// <summary>What every journal does. Each journal has a subclass that opens it.</summary>
public abstract class JournalBehaviour : IAsyncLifetime
{
    private readonly History _history = new();
    private IJournal _journal = null!;

    internal abstract ValueTask<IJournal> OpenAsync();

    public async ValueTask InitializeAsync() => _journal = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Events_come_back_in_order_byte_for_byte_without_a_hole()
    {
        using var turn = Give();
        turn.Start();
        for (int i = 0; i < 1_000; i++)
            turn.Token($"token {i} äöü 🙂 \u0000 \" \\ \n");
        turn.Done();
        await turn.CommitAsync();
        var events = await HistoryChecker.ReadAsync((await _journal.FindAsync(turn.Opening.Key, default))!);
        Assert.Equal(1_002, events.Count);
        await AssertHistoryAsync();
    }

    [Fact]
    public async Task Nothing_is_visible_before_it_is_committed()
    {
        using var turn = Give();
        Assert.Equal(0, turn.Reader.Committed);
        Assert.Null(await _journal.FindAsync(turn.Opening.Key, default));
        Assert.Empty(await _journal.ReadConversationAsync(turn.Opening.ConversationKey, default));
        turn.Start();
        await turn.CommitAsync();
        Assert.Equal(1, turn.Reader.Committed);
        Assert.Equal(0, turn.Writer.PendingBytes);
        Assert.NotNull(await _journal.FindAsync(turn.Opening.Key, default));
    }

    [Fact]
    public async Task What_was_opened_comes_back_with_the_turn()
    {
        var key = new ConversationKey(new TenantId("acme"), new ConversationId("c_1"));
        var opening = new TurnOpening(_journal.CreateTurnId(key), key.Tenant, key.Conversation, null, "demo/script", "Two\nlines, \"quoted\" 🙂", DateTimeOffset.UnixEpoch)
        {
            Tools = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>("[ {\n\"name\": \"now\"} ]"),
        };
        var writer = _journal.Open(opening);
        using var events = new EventWriter();
        writer.Append(EventType.Done, events.Done(1, FinishReason.Stop));
        await writer.CommitAsync();
        var found = (await _journal.FindAsync(opening.Key, default))!.Opening;
        Assert.Equal(opening with { Tools = null }, found with { Tools = null });
        Assert.Equal("now", found.Tools!.Value[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Done_ends_a_turn_and_nothing_follows_it()
    {
        using var turn = Give();
        turn.Start();
        await turn.CommitAsync();
        Assert.False(turn.Reader.HasEnded);
        turn.Done();
        await turn.CommitAsync();
        Assert.True(turn.Reader.HasEnded);
        Assert.False(turn.Reader.HasFailed);
        Assert.Throws<InvalidOperationException>(() => turn.Token("more"));
        Assert.Equal(2, turn.Reader.Committed);
    }

    [Fact]
    public async Task An_event_that_does_not_follow_is_refused_and_changes_nothing()
    {
        using var turn = Give();
        turn.Start();
        Assert.Throws<ArgumentException>(() => turn.Writer.Append(EventType.Token, """{"type":"token","seq":3,"token":"a"}"""u8));
        Assert.Throws<ArgumentException>(() => turn.Writer.Append(EventType.Token, "{\"type\":\"token\",\n\"seq\":2}"u8));
        Assert.Throws<ArgumentException>(() => turn.Writer.Append(EventType.Token, """{"type":"done","seq":2}"""u8));
        Assert.Equal(2, turn.Writer.NextSeq);
        turn.Done();
        await turn.CommitAsync();
        await AssertHistoryAsync();
    }

    [Fact]
    public async Task Two_viewers_see_the_same_each_from_where_it_began()
    {
        using var turn = Give();
        turn.Start();
        turn.Token("one");
        await turn.CommitAsync();
        using var first = new Viewer(turn.Reader, _history);
        using var second = new Viewer((await _journal.FindAsync(turn.Opening.Key, default))!, _history, after: 1);
        turn.Token("two");
        turn.Done();
        await Task.WhenAll(first.Ended, second.Ended);
        Assert.Equal([1, 2, 3, 4], _history.Seen.Where(seen => seen.Viewer == first).Select(static seen => seen.Seq));
        Assert.Equal([2, 3, 4], _history.Seen.Where(seen => seen.Viewer == second).Select(static seen => seen.Seq));
        await AssertHistoryAsync();
    }

    [Fact]
    public async Task Another_tenant_finds_neither_the_turn_nor_the_conversation()
    {
        using var turn = Give();
        turn.Done();
        await turn.CommitAsync();
        var other = new TenantId("other");
        Assert.Null(await _journal.FindAsync(new TurnKey(other, turn.Opening.Turn), default));
        Assert.Empty(await _journal.ReadConversationAsync(new ConversationKey(other, turn.Opening.Conversation), default));
        Assert.Null(await _journal.FindAsync(new TurnKey(turn.Opening.Tenant, new TurnId("t_unknown")), default));
    }

    [Fact]
    public async Task Two_tenants_with_the_same_conversation_id_never_meet()
    {
        using var first = Give(tenant: "acme", message: "acme's secret");
        using var second = Give(tenant: "globex", message: "globex's secret");
        first.Done();
        second.Done();
        await first.CommitAsync();
        await second.CommitAsync();
        var turns = await _journal.ReadConversationAsync(second.Opening.ConversationKey, default);
        Assert.Equal("globex's secret", Assert.Single(turns).Opening.Message);
    }

    [Fact]
    public async Task A_conversation_comes_back_in_the_order_of_its_turns_with_the_running_one_last()
    {
        var expected = new List<TurnId>();
        for (int i = 0; i < 20; i++)
        {
            using var turn = Give();
            turn.Start();
            if (i < 19)
                turn.Done();
            await turn.CommitAsync();
            expected.Add(turn.Opening.Turn);
        }

        var turns = await _journal.ReadConversationAsync(new ConversationKey(new TenantId("acme"), new ConversationId("c_1")), default);
        Assert.Equal(expected, turns.Select(static turn => turn.Opening.Turn));
        Assert.Equal(19, turns.Count(static turn => turn.HasEnded));
    }

    [Fact]
    public async Task A_viewer_that_lags_reads_from_the_file_what_a_viewer_at_the_line_saw()
    {
        using var turn = Give();
        turn.Start();
        using var hot = new Viewer(turn.Reader, _history);
        string text = new('x', 8 * 1024);
        for (int i = 0; i < 300; i++)
        {
            turn.Token($"{i} {text}");
            if (i % 10 == 0)
                await turn.CommitAsync();
        }

        turn.Done();
        await hot.Ended;
        var lagging = await HistoryChecker.ReadAsync((await _journal.FindAsync(turn.Opening.Key, default))!);
        Assert.Equal(_history.Seen.Select(static seen => Encoding.UTF8.GetString(seen.Json)), lagging.Select(Encoding.UTF8.GetString));
        Assert.Equal(302, lagging.Count);
    }

    [Fact]
    public async Task An_event_of_64_KiB_and_a_turn_of_1_MiB_are_kept()
    {
        using var turn = Give(message: new string('m', 256 * 1024));
        turn.Start();
        for (int i = 0; i < 16; i++)
            turn.Token(new string((char)('a' + i), 64 * 1024));
        turn.Done();
        await turn.CommitAsync();
        await AssertHistoryAsync();
        Assert.Equal(256 * 1024, (await _journal.FindAsync(turn.Opening.Key, default))!.Opening.Message.Length);
    }

    [Fact]
    public async Task An_event_longer_than_a_line_is_refused_and_the_turn_goes_on()
    {
        using var turn = Give();
        turn.Start();
        byte[] huge = Encoding.UTF8.GetBytes($$"""{"type":"token","seq":2,"token":"{{new string('x', 16 * 1024 * 1024)}}"}""");
        Assert.Throws<ArgumentException>(() => turn.Writer.Append(EventType.Token, huge));
        turn.Done();
        await turn.CommitAsync();
        Assert.Equal(2, turn.Reader.Committed);
    }

    [Fact]
    public async Task Two_hundred_turns_at_once_with_a_viewer_each_lose_no_wake_up()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(async () =>
        {
            using var turn = Give($"c_{number % 50}", $"tenant{number % 3}");
            using var early = new Viewer(turn.Reader, _history);
            turn.Start();
            for (int i = 0; i < 50; i++)
            {
                turn.Token($"{number}.{i}");
                if (i % 7 == 0)
                    await turn.CommitAsync();
            }

            using var late = new Viewer(turn.Reader, _history);
            turn.Done();
            await early.Ended;
            await late.Ended;
        })));
        await AssertHistoryAsync();
        Assert.Equal(200 * 2 * 52, _history.SeenCount);
    }

    [Fact]
    public async Task A_viewer_that_has_gone_is_called_no_more()
    {
        using var turn = Give();
        turn.Start();
        var viewer = new Viewer(turn.Reader, _history);
        await turn.CommitAsync();
        viewer.Dispose();
        viewer.Dispose();
        int seen = _history.SeenCount;
        turn.Done();
        await turn.CommitAsync();
        Assert.Equal(seen, _history.SeenCount);
    }

    [Fact]
    public async Task A_closed_journal_fails_who_still_writes_instead_of_letting_it_wait()
    {
        using var turn = Give();
        turn.Start();
        await turn.CommitAsync();
        using var viewer = new Viewer(turn.Reader, _history);
        await _journal.DisposeAsync();
        await viewer.Ended;
        Assert.True(turn.Reader.HasFailed);
        Assert.Throws<JournalUnavailableException>(() => turn.Token("late"));
        Assert.Throws<JournalUnavailableException>(() => Give());
        Assert.False(_journal.Health.IsWritable);
    }

    private protected GivenTurn Give(string conversation = "c_1", string tenant = "acme", string message = "Hello") =>
        new(_journal, _history, conversation, tenant, message);

    private async Task AssertHistoryAsync() => Assert.Empty(await new HistoryChecker(_history).CheckAsync(_journal));
}
