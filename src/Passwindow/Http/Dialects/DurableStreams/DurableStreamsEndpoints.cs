using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects.DurableStreams;

namespace Passwindow.Http.Dialects.DurableStreams;

/// <summary>
/// Every turn as a stream of the Durable Streams protocol (draft 1.0), to be read: its events are the messages, its <c>done</c> closes it. What writes is the turn alone, so
/// the protocol's other methods are not allowed (405).
/// </summary>
internal static class DurableStreamsEndpoints
{
    private const string LongPoll = "long-poll";
    private const string Sse = "sse";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/streams/{turn}", Exchange.Of(ReadAsync));
        routes.MapMethods("/streams/{turn}", [HttpMethods.Head], Exchange.Of(DescribeAsync));
    }

    private static async Task DescribeAsync(Exchange exchange)
    {
        var turn = await exchange.FindTurnAsync(exchange.RouteTurn());
        StreamHead.Write(exchange.Response, turn, at: turn.Committed, isClosed: turn.HasEnded);
        exchange.Response.ContentType = StreamChunk.ContentType;
        exchange.Response.Headers.CacheControl = "no-store";
    }

    private static async Task ReadAsync(Exchange exchange)
    {
        string? live = Live(exchange.Request);
        var asked = exchange.Request.Query["offset"];
        var turn = await exchange.FindTurnAsync(exchange.RouteTurn());

        // A viewer counts before the turn is looked at again: one that comes at the last moment keeps it alive.
        using var watching = exchange.Engine.Turns.Find(turn.Opening.Key)?.Watch();
        if (live is not null && asked.Count == 0)
            throw Problem.Invalid($"live={live} needs an offset: -1 for the beginning, now for what comes.");
        long after = After(asked, turn);
        switch (live)
        {
            case LongPoll:
                await StreamLongPoll.ReadAsync(exchange, turn, after);
                break;
            case Sse:
                await StreamLive.ShowAsync(exchange, turn, after);
                break;
            default:
                await StreamChunk.SendAsync(exchange, turn, after, isNow: asked is ["now"]);
                break;
        }
    }

    private static string? Live(HttpRequest request)
    {
        var live = request.Query["live"];
        return live.Count == 0 ? null : live is [LongPoll or Sse] ? live[0] : throw Problem.Invalid($"live must be {LongPoll} or {Sse}.");
    }

    private static long After(Microsoft.Extensions.Primitives.StringValues asked, ITurnReader turn)
    {
        long last = turn.Committed;
        if (asked.Count == 0 || asked is ["-1"])
            return 0;
        if (asked is ["now"])
            return last;
        return asked.Count == 1 && StreamOffset.TryParse(asked[0], out long seq) && seq <= last
            ? seq
            : throw Problem.Invalid("offset must be -1, now, or a Stream-Next-Offset of this stream.");
    }
}
