using System.Text;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// Goes down a tenant's list and gives a page of it. With a text to look for it reads the conversations themselves, newest first, until the
/// page is full or it has done as much as one request may: then the page says from where another goes on.
/// </summary>
/// <param name="catalog">The list.</param>
/// <param name="running">The turn that runs in a conversation.</param>
/// <param name="read">A conversation's turns.</param>
internal sealed class ConversationSearch(Catalog catalog, Func<ConversationKey, TurnId?> running, Func<ConversationKey, IReadOnlyList<ITurnReader>> read)
{
    /// <summary>How many conversations one request reads at most.</summary>
    public const int MaxConversations = 200;

    /// <summary>After so many bytes of events it reads no further conversation.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int Slice = 256;

    private readonly CommittedBatch _batch = new();
    private long _bytes;
    private int _conversations;

    public async ValueTask<ListPage> RunAsync(ListQuery query, CancellationToken cancellation)
    {
        var found = new List<ConversationEntry>();
        var place = query.After;
        while (true)
        {
            // One more than wanted tells whether there is a next page.
            var slice = catalog.After(query.Tenant, place, query.Text is null ? query.Limit + 1 : Slice);
            foreach (var entry in slice)
            {
                if (found.Count == query.Limit || IsExhausted)
                    return new ListPage(found, place);
                cancellation.ThrowIfCancellationRequested();
                place = entry.Place;
                var key = new ConversationKey(query.Tenant, entry.Conversation);
                if (query.Text is not { } text || Contains(entry.Title, text) || await HoldsAsync(key, text, cancellation))
                    found.Add(new ConversationEntry(key, entry.Title, entry.UpdatedAt, entry.AbandonedTokens, running(key)));
            }

            if (slice.Count == 0 || query.Text is null)
                return new ListPage(found, Next: null);
        }
    }

    private bool IsExhausted => _conversations >= MaxConversations || _bytes >= MaxBytes;

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private async ValueTask<bool> HoldsAsync(ConversationKey key, string part, CancellationToken cancellation)
    {
        _conversations++;
        try
        {
            foreach (var turn in read(key))
            {
                _bytes += turn.Opening.Message.Length;
                if (Contains(turn.Opening.Message, part) || Contains(await AnswerAsync(turn, cancellation), part))
                    return true;
            }
        }
        catch (Exception e) when (e is JournalDamagedException or ConversationGoneException)
        {
            // A damaged one is named in the log, and must not keep the others from being found.
        }

        return false;
    }

    // As a whole, because what is looked for may stand across two tokens.
    private async ValueTask<string> AnswerAsync(ITurnReader turn, CancellationToken cancellation)
    {
        var answer = new StringBuilder();
        long after = 0;
        while (await turn.ReadAsync(after, _batch, cancellation) > 0)
        {
            after = _batch.LastSeq;
            foreach (ref readonly var committed in _batch.Events)
            {
                _bytes += committed.Json.Length;
                if (committed.Type == EventType.Token)
                    answer.Append(EventJson.GetString(committed.Json.Span, "token"u8));
            }
        }

        return answer.ToString();
    }
}
