using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Tests.Journal;

/// <summary>Writes turns of which only the text and the time matter.</summary>
internal static class WrittenTurn
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ConversationKey Key(string conversation, string tenant = "default") => new(new TenantId(tenant), new ConversationId(conversation));

    /// <summary>Writes a turn to its end.</summary>
    public static async Task<TurnOpening> WriteTurnAsync(
        this IJournal journal, string conversation, string message = "Hello", string answer = "Hi there", int minute = 0, string tenant = "default", long? abandoned = null)
    {
        var writer = await journal.BeginTurnAsync(conversation, message, answer, minute, tenant);
        using var events = new EventWriter();
        if (abandoned is not null)
            writer.Append(EventType.Usage, events.Usage(writer.NextSeq, new Usage(), firstTokenMs: null, durationMs: 1, model: null, abandoned));
        writer.Append(EventType.Done, events.Done(writer.NextSeq, FinishReason.Stop));
        await writer.CommitAsync();
        return writer.Reader.Opening;
    }

    /// <summary>Writes a turn without its end. The answer comes in pieces of three characters.</summary>
    public static async Task<ITurnWriter> BeginTurnAsync(
        this IJournal journal, string conversation, string message = "Hello", string answer = "Hi there", int minute = 0, string tenant = "default")
    {
        var key = Key(conversation, tenant);
        var opening = new TurnOpening(journal.CreateTurnId(key), key.Tenant, key.Conversation, "ada", "demo/script", message, Start.AddMinutes(minute));
        var writer = journal.Open(opening);
        using var events = new EventWriter();
        writer.Append(EventType.Start, events.Start(writer.NextSeq, opening.Conversation, opening.Turn, opening.Model, opening.CreatedAt));
        foreach (char[] piece in answer.Chunk(3))
            writer.Append(EventType.Token, events.Token(writer.NextSeq, Encoding.UTF8.GetBytes(piece)));
        await writer.CommitAsync();
        return writer;
    }

    /// <summary>The ids on a page of the list.</summary>
    public static async Task<(List<string> Ids, ListPlace? Next)> PageAsync(
        this IJournal journal, ListPlace? after = null, int limit = 100, string? text = null, string tenant = "default")
    {
        var page = await journal.ListAsync(new ListQuery(new TenantId(tenant), after, limit, text), default);
        return ([.. page.Entries.Select(static entry => entry.Key.Conversation.Value)], page.Next);
    }

    /// <summary>What the list says of one conversation.</summary>
    public static async Task<ConversationEntry?> EntryAsync(this IJournal journal, string conversation, string tenant = "default") =>
        await journal.DescribeAsync(Key(conversation, tenant), default);
}
