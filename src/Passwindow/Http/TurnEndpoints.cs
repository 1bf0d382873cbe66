using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Turns;

namespace Passwindow.Http;

/// <summary>Starting a turn, watching it, stopping it (contract, section 4).</summary>
internal static class TurnEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("", Exchange.Of(PostAsync));
        routes.MapGet("/stream", Exchange.Of(StreamAsync));
        routes.MapGet("/turns/{turn}/events", Exchange.Of(EventsAsync));
        routes.MapGet("/conversations/{conversation}/events", Exchange.Of(RunningEventsAsync));
        routes.MapPost("/turns/{turn}/stop", Exchange.Of(StopAsync));
        routes.MapPost("/turns/{turn}/regenerate", Exchange.Of(RegenerateAsync));
    }

    private static async Task PostAsync(Exchange exchange)
    {
        bool events = Accept.WantsEvents(exchange.Request);
        var dialect = Accept.Dialect(exchange.Request);

        // fetch-event-source sends the same POST again when it comes back, with the id it saw last: that is the wish to go on, not for a second turn.
        if (events && Cursors.LastEventId(exchange.Request) is { } cursor)
            await FollowAsync(exchange, await exchange.FindTurnAsync(cursor.Turn), cursor.Seq, dialect);
        else
            await AnswerAsync(exchange, await TurnRequests.ReadAsync(exchange), events, dialect);
    }

    private static async Task RegenerateAsync(Exchange exchange)
    {
        bool events = Accept.WantsEvents(exchange.Request);
        var dialect = Accept.Dialect(exchange.Request);
        await AnswerAsync(exchange, await Regeneration.ReadAsync(exchange), events, dialect);
    }

    /// <summary>Starts the turn and answers with it: as events, or with the whole of it.</summary>
    public static Task AnswerAsync(Exchange exchange, TurnRequest request, bool events, Dialect dialect) =>
        events ? StartAndShowAsync(exchange, request, dialect) : StartAndAnswerAsync(exchange, request);

    /// <summary>A turn for <c>EventSource</c>, which can only GET. It sends <c>Last-Event-ID</c> when it comes back: then nothing is started.</summary>
    private static async Task StreamAsync(Exchange exchange)
    {
        RefuseEmbedding(exchange.Request);
        var dialect = Accept.Dialect(exchange.Request);
        if (Cursors.LastEventId(exchange.Request) is { } cursor)
            await FollowAsync(exchange, await exchange.FindTurnAsync(cursor.Turn), cursor.Seq, dialect);
        else
            await StartAndShowAsync(exchange, TurnRequests.FromQuery(exchange), dialect);
    }

    private static async Task EventsAsync(Exchange exchange)
    {
        var dialect = Accept.Dialect(exchange.Request);
        var turn = exchange.RouteTurn();
        var reader = await exchange.FindTurnAsync(turn);
        await FollowAsync(exchange, reader, Cursors.After(exchange.Request, turn) ?? Beginning(reader, dialect), dialect);
    }

    private static async Task RunningEventsAsync(Exchange exchange)
    {
        var dialect = Accept.Dialect(exchange.Request);
        var key = new ConversationKey(exchange.Caller.Tenant, exchange.RouteConversation());
        if (Cursors.LastEventId(exchange.Request) is { } cursor)
            await FollowAsync(exchange, await exchange.FindTurnAsync(cursor.Turn), cursor.Seq, dialect);
        else if (exchange.Engine.Turns.FindIn(key) is { } running)
            await FollowAsync(exchange, running.Reader, Beginning(running.Reader, dialect), dialect);
        else if ((await exchange.Engine.Journal.ReadConversationAsync(key, exchange.Left)).Count > 0)
            exchange.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            throw Problem.NotFound();
    }

    private static async Task StopAsync(Exchange exchange)
    {
        var key = new TurnKey(exchange.Caller.Tenant, exchange.RouteTurn());
        bool stopped = false;
        if (exchange.Engine.Turns.Find(key) is { } running)
        {
            stopped = running.Cancel(CancelReason.Stopped);
            await running.Completion.WaitAsync(exchange.Left);
        }

        var receipt = await StopReceipt.ReadAsync(await exchange.FindTurnAsync(key.Turn), exchange.Left);
        exchange.Response.StatusCode = stopped ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
        exchange.Response.ContentType = "application/json";
        await receipt.WriteAsync(exchange.Response.BodyWriter, exchange.Left);
    }

    private static async Task StartAndShowAsync(Exchange exchange, TurnRequest request, Dialect dialect)
    {
        using var turn = await IdempotentRequests.StartAsync(exchange, request);
        await EventResponse.ShowAsync(exchange, turn.Reader, after: 0, dialect);
    }

    private static async Task StartAndAnswerAsync(Exchange exchange, TurnRequest request)
    {
        using var turn = await IdempotentRequests.StartAsync(exchange, request);
        var opening = turn.Reader.Opening;
        var answer = new JsonAnswer(opening);
        if (!await WholeAnswer.ReadAsync(exchange, turn.Reader, answer))
            return;
        EventResponse.NameTurn(exchange.Response, opening);
        if (answer.Failure is { } failure)
            throw UpstreamProblem.Of(opening, failure.Code, failure.Message);
        exchange.Response.ContentType = "application/json";
        exchange.Response.Headers.CacheControl = "no-store";
        answer.WriteTo(exchange.Response.BodyWriter);
        await exchange.Response.BodyWriter.FlushAsync(exchange.Left);
    }

    /// <summary>Shows the rest of a turn; 204 if there is none, which is how an <c>EventSource</c> is told to stop.</summary>
    private static async Task FollowAsync(Exchange exchange, ITurnReader reader, long after, Dialect dialect)
    {
        if (dialect.Joining == Joining.FromStart)
            after = 0;

        // A viewer counts before the turn is looked at again: one that comes at the last moment keeps it alive.
        using var watching = exchange.Engine.Turns.Find(reader.Opening.Key)?.Watch();
        if (after > reader.Committed)
            throw Problem.Invalid($"The turn has no event {after}; its last is {reader.Committed}.");
        if (reader.HasEnded && after == reader.Committed)
            exchange.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await EventResponse.ShowAsync(exchange, reader, after, dialect);
    }

    /// <summary>
    /// Where a viewer begins that names no place: at the start, or, in a dialect that tells in its opening what came before, where the turn stands. A turn
    /// that has ended is shown from its start in any dialect.
    /// </summary>
    private static long Beginning(ITurnReader reader, Dialect dialect)
    {
        long line = dialect.Joining == Joining.WithOpening ? reader.Committed : 0;
        return reader.HasEnded ? 0 : line; // the line was read first: while the turn runs, its end is behind it
    }

    /// <summary>It is a GET that costs money: an image, a script or a link on a page must not be able to make it.</summary>
    private static void RefuseEmbedding(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] == "cross-site")
            throw Problem.Forbidden("Pages of other sites may not start a turn.");
        if (request.Headers["Sec-Fetch-Dest"] is [{ } destination] && destination != "empty")
            throw Problem.Forbidden("This address is for EventSource and fetch.");
    }
}
