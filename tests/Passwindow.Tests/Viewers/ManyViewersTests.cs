using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Clock;
using Passwindow.Http;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;
using Passwindow.Viewers;
using Xunit;

namespace Passwindow.Tests.Viewers;

/// <summary>
/// Many viewers of one turn in every dialect, that come at any time, read at any pace, are cut and come back while the turn goes on: each is sent what one alone
/// is sent, byte for byte.
/// </summary>
public sealed class ManyViewersTests(ITestOutputHelper output)
{
    private const int MostEvents = 400;

    private readonly Spellings _spellings = new();

    [Fact]
    public async Task Each_is_sent_what_one_alone_is_sent()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        var folder = Directory.CreateTempSubdirectory("passwindow-many-");
        using var pulse = new Pulse(new HandTime());
        var settings = new ViewerSettings(new HandTime(), pulse, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), static () => { }, CancellationToken.None) { Spellings = _spellings };
        await using (var journal = FileJournal.Open(new FileJournalSettings(folder.FullName, Durability.Os), TimeProvider.System, NullLogger<FileJournal>.Instance))
        {
            for (int round = 0; round < TestDepth.Rounds(8, 100); round++)
                await RunAsync(journal, settings, round, new Random(unchecked(TestDepth.Seed + (round * 7919))));
        }

        folder.Delete(recursive: true);
    }

    private async Task RunAsync(FileJournal journal, ViewerSettings settings, int round, Random random)
    {
        var conversation = new ConversationKey(TenantId.Default, new ConversationId($"c_{round}"));
        var turn = journal.Open(new TurnOpening(
            journal.CreateTurnId(conversation), conversation.Tenant, conversation.Conversation, User: null, "m", "Hi", TimeProvider.System.GetUtcNow()));
        List<CountedDialect> dialects = [.. Dialect.All.Select(static dialect => new CountedDialect(dialect))];
        var viewers = new List<Task<List<Life>>>();
        foreach (var counted in dialects)
        {
            for (int i = random.Next(2, 12); i > 0; i--)
            {
                int seed = random.Next();
                viewers.Add(Task.Run(() => LiveAsync(turn.Reader, counted.Dialect, settings, new Random(seed))));
            }
        }

        await Task.Run(() => WriteAsync(turn, random));
        var lives = (await Task.WhenAll(viewers).WaitAsync(TimeSpan.FromMinutes(1))).SelectMany(static each => each).ToList();

        int spelled = dialects.Sum(static dialect => dialect.Total);
        var events = new List<CommittedEvent>();
        await foreach (var committed in turn.Reader.ReadAllAsync(CancellationToken.None))
            events.Add(committed);
        long shown = 0;
        foreach (var life in lives)
        {
            string whole = Encoding.UTF8.GetString(Alone(life.Dialect, turn.Reader.Opening, events, life.After));
            string sent = Encoding.UTF8.GetString(life.Sent);
            if (life.WasCut)
                Assert.StartsWith(sent, whole, StringComparison.Ordinal);
            else
                Assert.Equal(whole, sent);
            shown += events.Count - life.After;
        }

        Assert.Equal(0, _spellings.Count);
        output.WriteLine($"{lives.Count} lives, {lives.Count(static life => life.WasCut)} cut; {events.Count} events, at most {shown} shown, {spelled} spelled");
    }

    /// <summary>Comes at some time, reads in steps with pauses, is cut now and then, and stays to the end at last.</summary>
    private static async Task<List<Life>> LiveAsync(ITurnReader turn, Dialect dialect, ViewerSettings settings, Random random)
    {
        var lives = new List<Life>();
        for (int cuts = random.Next(4); ; cuts--)
        {
            for (int waits = random.Next(10); waits > 0; waits--)
                await Task.Delay(1);
            long after = dialect.Joining == Joining.FromStart || random.Next(2) == 0 ? 0 : random.NextInt64(turn.Committed + 1);
            if (turn.HasEnded && after == turn.Committed)
                after = 0; // nothing would follow: an endpoint lets nobody in for that
            bool isSlow = random.Next(3) == 0;
            var viewer = new WatchedViewer(turn, dialect, settings, after, room: isSlow ? random.Next(2, 4096) : 16 * 1024 * 1024);
            for (int reads = random.Next(isSlow ? 8 : 4); reads > 0; reads--)
            {
                await Task.Delay(random.Next(isSlow ? 20 : 4));
                viewer.Read();
            }

            lives.Add(cuts > 0
                ? new Life(dialect, after, await viewer.CutAsync(), WasCut: true)
                : new Life(dialect, after, await viewer.ReadToEndAsync(), WasCut: false));
            if (cuts <= 0)
                return lives;
        }
    }

    private static async Task WriteAsync(ITurnWriter turn, Random random)
    {
        using var spell = new EventWriter();
        var opening = turn.Reader.Opening;
        turn.Append(EventType.Start, spell.Start(turn.NextSeq, opening.Conversation, opening.Turn, opening.Model, opening.CreatedAt));
        int calls = 0;
        for (int left = random.Next(MostEvents); left > 0; left--)
        {
            Say(turn, spell, random, ref calls);
            if (random.Next(4) == 0)
                await turn.CommitAsync();
            if (random.Next(8) == 0)
                await Task.Delay(1);
        }

        turn.Append(EventType.Usage, spell.Usage(turn.NextSeq, new Usage(), firstTokenMs: 1, durationMs: 2, model: null));
        turn.Append(EventType.Done, spell.Done(turn.NextSeq, FinishReason.Stop));
        await turn.CommitAsync();
    }

    private static void Say(ITurnWriter turn, EventWriter spell, Random random, ref int calls)
    {
        switch (random.Next(10))
        {
            case 0:
                turn.Append(EventType.Reasoning, spell.Reasoning(turn.NextSeq, "hm "u8));
                break;
            case 1:
                string id = $"call_{calls++}";
                turn.Append(EventType.ToolCall, spell.ToolCall(turn.NextSeq, id, "look", """{"at":"it"}"""u8));
                turn.Append(EventType.ToolResult, spell.ToolResult(turn.NextSeq, id, "look", "42"u8, durationMs: 1));
                break;
            case 2:
                turn.Append(EventType.Citation, spell.Citation(turn.NextSeq, """{"url":"https://example.org/","title":"x"}"""u8));
                break;
            default:
                turn.Append(EventType.Token, spell.Token(turn.NextSeq, Encoding.UTF8.GetBytes(new string('w', random.Next(1, 40)) + "\n")));
                break;
        }
    }

    /// <summary>What one viewer alone is sent, spelled afresh.</summary>
    private static byte[] Alone(Dialect dialect, TurnOpening opening, List<CommittedEvent> events, long after)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var nowhere = new DiscardedBytes();
        var writer = dialect.CreateWriter(FrameContexts.Of(opening));
        foreach (var committed in events.TakeWhile(committed => committed.Seq <= after))
            writer.Write(committed, nowhere);
        if (after > 0 && dialect.Joining == Joining.WithOpening)
            writer.WriteOpening(bytes);
        foreach (var committed in events.SkipWhile(committed => committed.Seq <= after))
            writer.Write(committed, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>One connection.</summary>
    private sealed record Life(Dialect Dialect, long After, byte[] Sent, bool WasCut);
}
