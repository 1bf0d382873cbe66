using System.Text;
using Passwindow.Clock;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;
using Passwindow.Tests.Http;
using Passwindow.Viewers;
using Xunit;

namespace Passwindow.Tests.Viewers;

/// <summary>Viewers of one turn and dialect have each batch spelled once, and nobody sees a difference. The line is moved by hand.</summary>
public sealed class SharedSpellingTests : IDisposable
{
    private readonly HandTime _time = new();
    private readonly Pulse _pulse;
    private readonly Spellings _spellings = new();
    private readonly HandTurn _turn = new();
    private readonly CancellationTokenSource _closing = new();
    private bool _waitsForPeople;

    public SharedSpellingTests() => _pulse = new Pulse(_time);

    /// <summary>Two without state, and all that keep some and can be shared.</summary>
    public static TheoryData<string> Dialects => ["native", "text", "openai", "anthropic", "openai-responses", "ui-message"];

    [Theory, MemberData(nameof(Dialects))]
    public async Task A_batch_for_100_viewers_at_the_line_is_spelled_once(string name)
    {
        var counted = new CountedDialect(Dialect.Find(name)!);
        var lone = Watch(Dialect.Find(name)!, alone: true);
        var viewers = Enumerable.Range(0, 100).Select(_ => Watch(counted.Dialect)).ToList();
        _turn.Start();
        _turn.Say("one ");
        _turn.Say("two ", times: 3);
        _turn.End();

        await CheckAsync(lone, viewers);
        Assert.All(Enumerable.Range(1, (int)_turn.Committed), seq => Assert.Equal(1, counted.Times(seq)));
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task One_alone_spells_straight_into_its_response(string name)
    {
        var counted = new CountedDialect(Dialect.Find(name)!);
        var viewer = Watch(counted.Dialect);
        _turn.Start();
        _turn.Say("one ");
        _turn.End();
        await viewer.ReadToEndAsync();

        Assert.All(Enumerable.Range(1, (int)_turn.Committed), seq => Assert.Same(viewer.Output, Assert.Single(counted.Outputs(seq))));
        Assert.Equal(0, _spellings.Count);
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task Who_is_left_alone_spells_straight_again_and_who_comes_then_shares_again(string name)
    {
        var counted = new CountedDialect(Dialect.Find(name)!);
        var lone = Watch(Dialect.Find(name)!, alone: true);
        var stays = Watch(counted.Dialect);
        var others = Enumerable.Range(0, 3).Select(_ => Watch(counted.Dialect)).ToList();
        _turn.Start();
        _turn.Say("shared ");
        foreach (var other in others)
            await other.CutAsync();
        _turn.Say("alone ");
        Assert.Same(stays.Output, Assert.Single(counted.Outputs(3)));

        var late = Watch(counted.Dialect);
        _turn.Say("shared again ");
        _turn.End();
        await CheckAsync(lone, [stays, late]);
        Assert.All(Enumerable.Range(4, 3), seq => Assert.Equal(1, counted.Times(seq)));
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task One_that_lags_delays_nobody_and_gets_the_same_when_it_reads(string name)
    {
        var counted = new CountedDialect(Dialect.Find(name)!);
        var lone = Watch(Dialect.Find(name)!, alone: true);
        var viewers = Enumerable.Range(0, 5).Select(_ => Watch(counted.Dialect)).ToList();
        _turn.Start();
        _turn.Say("together ");
        byte[] together = lone.Read();
        var slow = Watch(counted.Dialect, room: together.Length + 10);
        for (int i = 0; i < 200; i++)
            _turn.Say($"token {i} ");
        Assert.All(viewers, viewer => Assert.Equal(lone.Read(), viewer.Read()));

        await Waiting.ForAsync(() => slow.Read().Length == lone.Read().Length);
        _turn.Say("at the line again ");
        long last = _turn.Committed;
        await Waiting.ForAsync(() => slow.Read().Length == lone.Read().Length);
        Assert.Equal(counted.Dialect.KeepsState ? 2 : 1, counted.Times(last)); // one that keeps state shares no more when it has lagged
        _turn.End();
        await CheckAsync(lone, [.. viewers, slow]);
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task One_that_is_a_few_batches_behind_finds_them_spelled(string name)
    {
        var counted = new CountedDialect(Dialect.Find(name)!);
        var lone = Watch(Dialect.Find(name)!, alone: true);
        var others = Enumerable.Range(0, 2).Select(_ => Watch(counted.Dialect)).ToList();
        var slow = Watch(counted.Dialect, room: 16);
        _turn.Start();
        for (int i = 0; i < 20; i++)
            _turn.Say($"token {i} ");
        await Waiting.ForAsync(() => slow.Read().Length == lone.Read().Length);
        _turn.End();

        await CheckAsync(lone, [.. others, slow]);
        Assert.All(Enumerable.Range(1, (int)_turn.Committed), seq => Assert.Equal(1, counted.Times(seq)));
    }

    [Fact]
    public async Task Who_is_ahead_does_not_take_the_writer_from_those_who_lean_on_it()
    {
        var counted = new CountedDialect(Dialect.OpenAIResponses);
        var lone = Watch(Dialect.OpenAIResponses, alone: true);
        var slow = new[] { Watch(counted.Dialect, room: 16), Watch(counted.Dialect, room: 16) };
        _turn.Start();
        _turn.Say("while nobody reads ", times: 3);
        var ahead = Watch(counted.Dialect, after: 2);
        _turn.Say("further ");
        Assert.All(slow, viewer => Assert.False(viewer.Running.IsCompleted));
        await Waiting.ForAsync(() => slow.All(viewer => viewer.Read().Length == lone.Read().Length));
        _turn.End();

        await ahead.ReadToEndAsync();
        await CheckAsync(lone, slow);
        Assert.Equal(2, counted.Times(1)); // once for both, once for who is ahead
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task A_failing_journal_is_told_as_to_one_alone(string name)
    {
        var lone = Watch(Dialect.Find(name)!, alone: true);
        var viewers = Enumerable.Range(0, 3).Select(_ => Watch(Dialect.Find(name)!)).ToList();
        _turn.Start();
        _turn.Say("saved ");
        _turn.Fail();

        await CheckAsync(lone, viewers, ViewerEnd.JournalFailed);
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task A_closing_server_is_told_as_to_one_alone(string name)
    {
        var lone = Watch(Dialect.Find(name)!, alone: true);
        var viewers = Enumerable.Range(0, 3).Select(_ => Watch(Dialect.Find(name)!)).ToList();
        _turn.Start();
        _turn.Say("not all ");
        await _closing.CancelAsync();

        await CheckAsync(lone, viewers, ViewerEnd.Closing);
    }

    [Fact]
    public async Task A_turn_that_waits_for_a_person_is_ended_as_for_one_alone()
    {
        var lone = Watch(Dialect.UIMessage, alone: true);
        var viewers = Enumerable.Range(0, 3).Select(_ => Watch(Dialect.UIMessage)).ToList();
        _turn.Start();
        _turn.Say("May I? ");
        _turn.AskToApprove();
        _waitsForPeople = true;
        _time.Advance(Pulse.Interval);

        await CheckAsync(lone, viewers, ViewerEnd.Paused);
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task A_heartbeat_comes_without_a_replay(string name)
    {
        var counted = new CountedDialect(Dialect.Find(name)!);
        var lone = Watch(Dialect.Find(name)!, alone: true);
        var viewers = Enumerable.Range(0, 3).Select(_ => Watch(counted.Dialect)).ToList();
        _turn.Start();
        _turn.Say("Hel");
        int before = lone.Read().Length;
        _time.Advance(TimeSpan.FromSeconds(11));
        await Waiting.ForAsync(() => lone.Read().Length > before && viewers.All(viewer => viewer.Read().Length == lone.Read().Length));
        _turn.Say("lo");
        _turn.End();

        await CheckAsync(lone, viewers);
        Assert.All(Enumerable.Range(1, (int)_turn.Committed), seq => Assert.Equal(1, counted.Times(seq)));
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task An_event_that_cannot_be_spelled_ends_each_viewer_as_it_ends_one_alone(string name)
    {
        var counted = new CountedDialect(Dialect.Find(name)!, hostile: 4);
        var lone = Watch(counted.Dialect, alone: true);
        var viewers = Enumerable.Range(0, 3).Select(_ => Watch(counted.Dialect)).ToList();
        _turn.Start();
        _turn.Say("good, good, bad ", times: 3);

        foreach (var viewer in viewers.Append(lone))
            await Assert.ThrowsAsync<FormatException>(() => viewer.Running.WaitAsync(ServerUnderTest.Patience));
        Assert.All(viewers, viewer => Assert.Equal(Text(lone.Read()), Text(viewer.Read())));
        Assert.Equal(0, _spellings.Count);
    }

    [Fact]
    public async Task Dialects_of_one_name_that_spell_otherwise_are_not_mixed()
    {
        var without = Dialect.OpenAI with { CreateWriter = static context => new Protocol.Dialects.OpenAIChat.OpenAIChatFrameWriter(context, includeUsage: false) };
        var lone = Watch(Dialect.OpenAI, alone: true);
        var loneWithout = Watch(without, alone: true);
        var viewers = Enumerable.Range(0, 3).Select(_ => (With: Watch(Dialect.OpenAI), Without: Watch(without))).ToList();
        Assert.Equal(2, _spellings.Count);
        _turn.Start();
        _turn.Say("Hi");
        _turn.End();

        await Waiting.ForAsync(() => _spellings.Count == 0);
        await CheckAsync(lone, [.. viewers.Select(static pair => pair.With)]);
        await CheckAsync(loneWithout, [.. viewers.Select(static pair => pair.Without)]);
        Assert.NotEqual(lone.Read(), loneWithout.Read());
    }

    [Fact]
    public async Task Nothing_is_shared_behind_an_opening_or_of_a_turn_that_has_ended()
    {
        var opened = new[] { Watch(Dialect.AgUi), Watch(Dialect.AgUi) };
        Assert.Equal(0, _spellings.Count);
        _turn.Start();
        _turn.End();
        foreach (var viewer in opened)
            await viewer.ReadToEndAsync();
        var counted = new CountedDialect(Dialect.Native);
        foreach (var viewer in new[] { Watch(counted.Dialect, room: 16), Watch(counted.Dialect, room: 16) })
            await viewer.ReadToEndAsync();
        Assert.Equal(2, counted.Times(1));
    }

    public void Dispose()
    {
        _pulse.Dispose();
        _turn.Dispose();
        _closing.Dispose();
    }

    private WatchedViewer Watch(Dialect dialect, bool alone = false, long after = 0, int room = 16 * 1024 * 1024) => new(
        _turn,
        dialect,
        new ViewerSettings(_time, _pulse, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), static () => { }, _closing.Token)
        {
            Spellings = alone ? null : _spellings,
            WaitsForPeople = () => _waitsForPeople,
        },
        after,
        room);

    /// <summary>All end alike, with the same bytes, and leave nothing behind.</summary>
    private async Task CheckAsync(WatchedViewer lone, IReadOnlyList<WatchedViewer> viewers, ViewerEnd end = ViewerEnd.TurnEnded)
    {
        byte[] whole = await lone.ReadToEndAsync().WaitAsync(ServerUnderTest.Patience);
        Assert.NotEmpty(whole);
        Assert.Equal(end, await lone.Running);
        foreach (var viewer in viewers)
        {
            Assert.Equal(Text(whole), Text(await viewer.ReadToEndAsync().WaitAsync(ServerUnderTest.Patience)));
            Assert.Equal(end, await viewer.Running);
        }

        Assert.Equal(0, _spellings.Count);
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
