using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Clock;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;
using Passwindow.Viewers;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>Viewers at the line wait without a timer: a wake-up that is lost is lost for good, because here no heartbeat ever comes.</summary>
public sealed class WakeUpTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_viewer_sleeps_on_while_the_line_moves()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        int turns = TestDepth.Rounds(40, 200);
        int viewers = TestDepth.Rounds(20, 50);
        var folder = Directory.CreateTempSubdirectory("passwindow-wake-");
        using var pulse = new Pulse(new HandTime());
        var settings = new ViewerSettings(new HandTime(), pulse, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), static () => { }, CancellationToken.None);
        await using (var journal = FileJournal.Open(new FileJournalSettings(folder.FullName, Durability.Os), TimeProvider.System, NullLogger<FileJournal>.Instance))
        {
            var all = new List<Task<ViewerEnd>>();
            var writing = Enumerable.Range(0, turns).Select(number =>
            {
                var writer = Open(journal, number);
                for (int i = 0; i < viewers; i++)
                    all.Add(Task.Run(() => new Viewer(writer.Reader, Dialect.Native, FrameContext.None, PipeWriter.Create(Stream.Null), settings).RunAsync(0, CancellationToken.None)));
                return Task.Run(() => WriteAsync(writer, new Random(TestDepth.Seed + number)));
            }).ToList();

            await Task.WhenAll(writing);
            var ends = await Task.WhenAll(all).WaitAsync(TimeSpan.FromMinutes(1));
            Assert.All(ends, static end => Assert.Equal(ViewerEnd.TurnEnded, end));
        }

        folder.Delete(recursive: true);
    }

    private static ITurnWriter Open(FileJournal journal, int number)
    {
        var conversation = new ConversationKey(TenantId.Default, new ConversationId($"c{number}"));
        return journal.Open(new TurnOpening(
            journal.CreateTurnId(conversation), conversation.Tenant, conversation.Conversation, User: null, "m", "Hi", TimeProvider.System.GetUtcNow()));
    }

    // In bursts, so that viewers now wait at the line and now find more than they can take at once.
    private static async Task WriteAsync(ITurnWriter writer, Random random)
    {
        using var spell = new EventWriter();
        for (int burst = 0; burst < 100; burst++)
        {
            for (int i = random.Next(5); i >= 0; i--)
                writer.Append(EventType.Token, spell.Token(writer.NextSeq, "word "u8));
            if (random.Next(3) == 0)
                await writer.CommitAsync();
            else
                await Task.Yield();
        }

        writer.Append(EventType.Done, spell.Done(writer.NextSeq, FinishReason.Stop));
        await writer.CommitAsync();
    }
}
