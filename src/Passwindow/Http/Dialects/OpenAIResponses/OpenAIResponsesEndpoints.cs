using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Http.Dialects.OpenAIChat;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Turns;

namespace Passwindow.Http.Dialects.OpenAIResponses;

/// <summary>What clients of OpenAI's Responses API ask for. Every turn is a response too, however it was begun.</summary>
internal static class OpenAIResponsesEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/responses", Exchange.Of(CreateAsync, OpenAIProblems.WriteAsync));
        routes.MapGet("/v1/responses/{response}", Exchange.Of(GetAsync, OpenAIProblems.WriteAsync));
        routes.MapDelete("/v1/responses/{response}", Exchange.Of(DeleteAsync, OpenAIProblems.WriteAsync));
        routes.MapPost("/v1/responses/{response}/cancel", Exchange.Of(CancelAsync, OpenAIProblems.WriteAsync));
        routes.MapGet("/v1/responses/{response}/input_items", Exchange.Of(ResponseInputItems.ListAsync, OpenAIProblems.WriteAsync));
    }

    private static async Task CreateAsync(Exchange exchange)
    {
        var (request, asked) = await ResponseRequests.ReadAsync(exchange);
        using var turn = await IdempotentRequests.StartAsync(exchange, request);
        var opening = turn.Reader.Opening;
        exchange.Response.Headers[OpenAIProblems.RequestId] = opening.Turn.Value;
        if (asked.IsBackground)
            KeepAlive(exchange.Engine.Turns.Find(opening.Key));
        if (asked.Stream)
            await EventResponse.ShowAsync(exchange, turn.Reader, after: 0, Dialect.OpenAIResponses);
        else if (asked.IsBackground)
            await StoredResponse.SendAsync(exchange, turn.Reader);
        else
            await AnswerAsync(exchange, turn);
    }

    private static async Task GetAsync(Exchange exchange)
    {
        var turn = await StoredResponse.FindAsync(exchange);
        if (exchange.Request.Query["stream"] is not [{ } stream] || !bool.TryParse(stream, out bool isStream) || !isStream)
        {
            await StoredResponse.SendAsync(exchange, turn);
            return;
        }

        // A viewer counts before the turn is looked at again: one that comes at the last moment keeps it alive.
        using var watching = exchange.Engine.Turns.Find(turn.Opening.Key)?.Watch();
        long after = await StartingAfterAsync(exchange, turn);
        var dialect = after < 0 ? Dialect.OpenAIResponses : Dialect.OpenAIResponses with { CreateWriter = context => new OpenAIResponsesFrameWriter(context, after) };
        await EventResponse.ShowAsync(exchange, turn, after: 0, dialect);
    }

    /// <summary>Stops the turn, whoever began it and whether or not in the background. One that has ended is told as it ended.</summary>
    private static async Task CancelAsync(Exchange exchange)
    {
        var turn = await StoredResponse.FindAsync(exchange);
        if (exchange.Engine.Turns.Find(turn.Opening.Key) is { } running)
        {
            running.Cancel(CancelReason.Stopped);
            await running.Completion.WaitAsync(exchange.Left);
        }

        if (!turn.HasEnded)
            throw UpstreamProblem.Of(turn.Opening, ErrorCode.JournalUnavailable, "The response was stopped, but its end could not be saved.");
        await StoredResponse.SendAsync(exchange, turn);
    }

    private static async Task DeleteAsync(Exchange exchange)
    {
        var opening = (await StoredResponse.FindAsync(exchange)).Opening;
        if ((await exchange.Engine.Journal.ReadConversationAsync(opening.ConversationKey, exchange.Left)).Count > 1)
            throw new Problem(StatusCodes.Status400BadRequest, "not_alone", $"Other responses stand in its conversation: delete that, {opening.Conversation}, with all of them.");
        if (!await exchange.Engine.Turns.DeleteAsync(opening.ConversationKey, exchange.Left))
            throw StoredResponse.NotFound(ResponseId.Of(opening.Turn));
        await ConversationEndpoints.SendAsync(exchange, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, ResponseId.Of(opening.Turn));
            json.WriteString("object"u8, "response"u8);
            json.WriteBoolean("deleted"u8, true);
            json.WriteEndObject();
            return Task.CompletedTask;
        });
    }

    private static async Task AnswerAsync(Exchange exchange, ShownTurn turn)
    {
        var opening = turn.Reader.Opening;
        var answer = new ResponseAnswer(FrameContexts.Of(opening));
        if (!await WholeAnswer.ReadAsync(exchange, turn.Reader, answer))
            return;
        if (answer.Failure is { } failure)
            throw OpenAIProblems.Of(opening, failure);
        EventResponse.NameTurn(exchange.Response, opening);
        await StoredResponse.SendAsync(exchange, answer.Writer);
    }

    private static async Task<long> StartingAfterAsync(Exchange exchange, Journal.ITurnReader turn)
    {
        var given = exchange.Request.Query["starting_after"];
        if (given.Count == 0)
            return -1;
        if (given.Count > 1 || !EventCursor.TryParseSeq(given[0], out long after))
            throw OpenAIProblems.Of(new RequestException("starting_after must be the sequence_number of an event.") { Param = "starting_after" });
        long last = (await StoredResponse.ReadAsync(exchange, turn)).LastNumber;
        return after <= last ? after : throw OpenAIProblems.Of(new RequestException($"The response has no event {after}; its last is {last}.") { Param = "starting_after" });
    }

    /// <summary>A background response is made to its end: something watches it until then.</summary>
    private static void KeepAlive(RunningTurn? turn)
    {
        if (turn is null)
            return; // it has ended already
        var watching = turn.Watch();
        _ = turn.Completion.ContinueWith(static (_, watching) => ((IDisposable)watching!).Dispose(), watching, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
