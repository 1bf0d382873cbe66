using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Protocol;

namespace Passwindow.Bench.Relay;

/// <summary>Makes a journal that has been in use for long.</summary>
internal static class FullJournal
{
    private const int EventBytes = 4_000;
    private const int EventsPerTurn = 1_000;

    /// <summary>Fills a folder with conversations of one turn each, 4 MB long, by the journal's own hand.</summary>
    public static async Task FillAsync(string folder, int gigabytes)
    {
        await using var journal = FileJournal.Open(new FileJournalSettings(folder, Durability.Os), TimeProvider.System, NullLogger<FileJournal>.Instance);
        long conversations = gigabytes * 1_000_000_000L / (EventBytes * EventsPerTurn);
        string text = new('x', EventBytes);
        for (long number = 0; number < conversations; number++)
        {
            var key = new ConversationKey(TenantId.Default, new ConversationId($"c_{number}"));
            var turn = journal.Open(new TurnOpening(journal.CreateTurnId(key), key.Tenant, key.Conversation, null, "openai/bench", "Hello", DateTimeOffset.UtcNow));
            while (turn.NextSeq < EventsPerTurn)
            {
                turn.Append(EventType.Token, Encoding.ASCII.GetBytes($$"""{"type":"token","seq":{{turn.NextSeq}},"token":"{{text}}"}"""));
                if (turn.NextSeq % 50 == 0)
                    await turn.CommitAsync();
            }

            turn.Append(EventType.Done, Encoding.ASCII.GetBytes($$"""{"type":"done","seq":{{turn.NextSeq}},"finish_reason":"stop"}"""));
            await turn.CommitAsync();
        }
    }
}
