using System.Security.Cryptography;
using System.Text;
using Passwindow.Conversations;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects.AgUi;
using Passwindow.Protocol.Upstream;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.AgUi;

/// <summary>The conversation that a request names, and what of the request is new to it.</summary>
/// <param name="request">The request.</param>
/// <param name="key">The conversation.</param>
/// <param name="turns">Its turns, oldest first; none if the journal does not know it.</param>
internal sealed class AgUiThread(AgUiRequest request, ConversationKey key, IReadOnlyList<ITurnReader> turns)
{
    public ConversationKey Key => key;

    /// <summary>Whether the journal knows it, and so is its memory: what the client brings of the past is not asked for again.</summary>
    public bool IsKnown => turns.Count > 0;

    /// <summary>The last turn of what goes on; null if there is none.</summary>
    public ITurnReader? Last => Branch.Current(turns, static turn => turn.Opening) is [.., var last] ? last : null;

    /// <summary>What the person asks anew: the last message, if it is a person's; null if it is not.</summary>
    public AgUiRequestMessage? Question => request.Messages.LastOrDefault(static message => message.Content.Role != ChatRole.System) is { Content.Role: ChatRole.User } last ? last : null;

    /// <summary>What the client's tools gave since the model spoke last.</summary>
    public IEnumerable<(string Message, ToolResultPart Result)> Results => request.Messages
        .Skip(request.Messages.ToList().FindLastIndex(static message => message.Content.Role == ChatRole.Assistant) + 1)
        .SelectMany(static message => message.Content.Parts.OfType<ToolResultPart>().Select(result => (message.Id, result)));

    public static async Task<AgUiThread> FindAsync(Exchange exchange, AgUiRequest request)
    {
        var key = new ConversationKey(exchange.Caller.Tenant, ConversationOf(request.Thread));
        return new AgUiThread(request, key, await exchange.Engine.Journal.ReadConversationAsync(key, exchange.Left));
    }

    /// <summary>The turn that asked the very same: a client that wants another answer sends its last question again.</summary>
    public TurnId? Replaced(AgUiRequestMessage question) => turns.LastOrDefault(turn =>
        question.Id.Length > 0 && turn.Opening.Message == RequestJson.Text(question.Content) && AgUiOrigin.Of(turn.Opening.Metadata).Messages.Contains(question.Id))?.Opening.Turn;

    /// <summary>Whether one of its turns was begun with that <c>Idempotency-Key</c>.</summary>
    public bool Has(string idempotencyKey) => turns.Any(turn => turn.Opening.IdempotencyKey == idempotencyKey);

    /// <summary>What of the results the last turn ended for.</summary>
    public async Task<IReadOnlyList<(string Message, ToolResultPart Result)>> OwedAsync(CancellationToken cancellation)
    {
        if (turns.Count == 0)
            return [];
        var (owed, _) = await Continuation.OwedAsync(turns[^1], cancellation);
        return [.. Results.Where(given => owed.Any(call => call.Id == given.Result.Id))];
    }

    // A thread's name is any text; one that is no id of ours stands for an id that follows from it.
    private static ConversationId ConversationOf(string thread) => ConversationId.TryParse(thread, out var own)
        ? own
        : new ConversationId("ag_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(thread)))[..40]);
}
