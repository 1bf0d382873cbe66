using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Turns;

namespace Passwindow.Http;

/// <summary>What the client's tools gave, and a person's yes or no (contract, section 4).</summary>
internal static class ToolEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/turns/{turn}/tool-results", Exchange.Of(ResultsAsync));
        routes.MapPost("/turns/{turn}/approvals", Exchange.Of(ApprovalsAsync));
    }

    /// <summary>One <c>done</c> ends a turn for good, so what follows is a new turn of the same conversation.</summary>
    private static async Task ResultsAsync(Exchange exchange)
    {
        bool events = Accept.WantsEvents(exchange.Request);
        var dialect = Accept.Dialect(exchange.Request);
        var asked = await FindOwnAsync(exchange);
        string? key = IdempotentRequests.Key(exchange.Request);
        byte[] body = await RequestBody.ReadAsync(exchange.Request, ToolAnswers.MaxBytes, exchange.Left);
        var results = ToolAnswers.ReadResults(body);
        if (!asked.HasEnded)
            throw new Problem(StatusCodes.Status409Conflict, "not_waiting", "The turn has not ended.");
        var request = TurnRequests.Continue(exchange, asked.Opening, results);
        if (key is not null)
            request = request with { IdempotencyKey = key, RequestHash = IdempotentRequests.Hash($"tool-results {asked.Opening.Turn}", body) };
        await TurnEndpoints.AnswerAsync(exchange, request, events, dialect);
    }

    private static async Task ApprovalsAsync(Exchange exchange)
    {
        var asked = await FindOwnAsync(exchange);
        var answers = ToolAnswers.ReadApprovals(await RequestBody.ReadAsync(exchange.Request, ToolAnswers.MaxBytes, exchange.Left));
        var receipt = exchange.Engine.Turns.Find(asked.Opening.Key) is { Reason: CancelReason.None } running
            ? running.Answer(answers)
            : await AskedForAsync(asked, answers, exchange.Left) ? ApprovalReceipt.Late : ApprovalReceipt.Unknown;
        if (receipt == ApprovalReceipt.Unknown)
            throw Problem.NotFound();
        if (receipt == ApprovalReceipt.Late)
            throw new Problem(StatusCodes.Status409Conflict, "already_answered", "A call was answered before, or does not wait any more; nothing of this request counts.");
        exchange.Response.ContentType = "application/json";
        await using var json = ResponseJson.To(exchange.Response.BodyWriter);
        ToolAnswers.Write(json, asked.Opening.Turn, answers);
    }

    /// <summary>The turn, if the caller is who started it.</summary>
    private static async Task<ITurnReader> FindOwnAsync(Exchange exchange)
    {
        var turn = await exchange.FindTurnAsync(exchange.RouteTurn());
        return turn.Opening.User == exchange.Caller.User ? turn : throw Problem.Forbidden("Only who started the turn may answer for it.");
    }

    private static async Task<bool> AskedForAsync(ITurnReader turn, IReadOnlyList<Approval> answers, CancellationToken cancellation)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            if (committed.Type == EventType.ToolCall && EventJson.GetString(committed.Json.Span, "approval"u8) is not null)
                asked.Add(EventJson.GetString(committed.Json.Span, "id"u8) ?? "");
        }

        return answers.All(answer => asked.Contains(answer.Id));
    }
}
