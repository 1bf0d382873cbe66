using System.Text;
using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects.UIMessages;
using Passwindow.Tools;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.UIMessages;

/// <summary>
/// A request whose last message is the model's: the page has answered calls in it, and the answer goes on in that message. A person's yes or no is for the turn that
/// waits; what the page's own tools gave begins a turn that continues the one that ended for it.
/// </summary>
internal static class GoneOnMessage
{
    /// <param name="exchange">The request.</param>
    /// <param name="request">What it says.</param>
    /// <param name="withKey">Gives a turn the request's <c>Idempotency-Key</c>.</param>
    public static async Task AnswerAsync(Exchange exchange, UIMessageRequest request, Func<TurnRequest, TurnRequest> withKey)
    {
        var turn = await FindAsync(exchange, request);
        if (turn.Opening.User != exchange.Caller.User)
            throw Problem.Forbidden("Only who started the turn may answer for it.");
        if (exchange.Engine.Turns.Find(turn.Opening.Key) is { Reader.HasEnded: false, Reason: CancelReason.None } running)
            await ApproveAsync(exchange, request.Last, running);
        else
            await GoOnAsync(exchange, request.Last, turn, withKey);
    }

    /// <summary>The youngest of the turns that made the message.</summary>
    private static async Task<ITurnReader> FindAsync(Exchange exchange, UIMessageRequest request)
    {
        var key = new ConversationKey(exchange.Caller.Tenant, request.Conversation);
        var turns = await exchange.Engine.Journal.ReadConversationAsync(key, exchange.Left);
        return turns.LastOrDefault(turn => turn.Opening.Question.Value == request.Last.Id)
            ?? throw Problem.Invalid("The last message is the model's, and no answer of this conversation has its id: send what the person says.");
    }

    private static async Task ApproveAsync(Exchange exchange, GivenMessage message, RunningTurn running)
    {
        using var watching = running.Watch(); // before the turn goes on: it is not to go on for nobody

        // What the client has is told before its answers bring more.
        long seen = await SeenAsync(running.Reader, message, exchange.Left);
        var answers = message.Calls
            .Where(call => call is { IsApproved: not null, IsAnswered: false } && running.Approvals.IsAwaited(call.Id))
            .Select(static call => new Approval(call.Id, call.IsApproved!.Value, call.Reason))
            .ToList();
        if (answers.Count > 0)
            running.Answer(answers); // if another was quicker, that counts, and is what is shown
        await UIMessageResponse.GoOnAsync(exchange, running.Reader, seen);
    }

    private static async Task GoOnAsync(Exchange exchange, GivenMessage message, ITurnReader turn, Func<TurnRequest, TurnRequest> withKey)
    {
        var open = await OpenCallsAsync(turn, exchange.Left);
        List<GivenResult> results = [.. message.Calls.Where(call => call.IsAnswered && open.Contains(call.Id)).Select(Result)];
        if (results.Count == 0)
        {
            // The page has waited longer than the turn did.
            long seen = await SeenAsync(turn, message, exchange.Left);
            if (seen == turn.Committed)
                throw new Problem(StatusCodes.Status409Conflict, "not_waiting", "The answer is complete: nothing of this message waits for a result.");
            await UIMessageResponse.GoOnAsync(exchange, turn, seen);
            return;
        }

        var next = TurnRequests.Continue(exchange, turn.Opening, results);
        using var shown = await IdempotentRequests.StartAsync(exchange, withKey(next));
        await UIMessageResponse.GoOnAsync(exchange, shown.Reader, after: 0);
    }

    private static GivenResult Result(GivenCall call)
    {
        if (call.Output is { } output && Encoding.UTF8.GetByteCount(output.GetRawText()) > ToolLimits.MaxResultBytes)
            throw Problem.Invalid($"A result may have at most {ToolLimits.MaxResultBytes} bytes.");
        if (call.Error is { Length: > ToolLimits.MaxErrorLength })
            throw Problem.Invalid($"errorText may have at most {ToolLimits.MaxErrorLength} characters.");
        return new GivenResult(call.Id, call.Output, call.Error);
    }

    /// <summary>The calls of a turn that were not answered in it.</summary>
    private static async Task<HashSet<string>> OpenCallsAsync(ITurnReader turn, CancellationToken cancellation)
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            if (committed.Type == EventType.ToolCall)
                open.Add(Id(committed));
            else if (committed.Type == EventType.ToolResult)
                open.Remove(Id(committed));
        }

        return open;
    }

    /// <summary>How far the client has the turn: to the first call it does not know, or the first answer it has not, else all of it.</summary>
    private static async Task<long> SeenAsync(ITurnReader turn, GivenMessage message, CancellationToken cancellation)
    {
        var has = message.Calls.ToLookup(static call => call.Id, StringComparer.Ordinal);
        long last = 0;
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            bool isNew = committed.Type switch
            {
                EventType.ToolCall => !has.Contains(Id(committed)),
                EventType.ToolResult => has.Contains(Id(committed)) && !has[Id(committed)].Any(static call => call.IsAnswered),
                _ => false,
            };
            if (isNew)
                break;
            last = committed.Seq;
        }

        return last;
    }

    private static string Id(in CommittedEvent committed) => EventJson.GetString(committed.Json.Span, "id"u8) ?? "";
}
