using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Passwindow.Journal;
using Passwindow.Protocol.Dialects;
using Passwindow.Viewers;

namespace Passwindow.Http;

/// <summary>A response that streams a turn's events to one viewer.</summary>
internal static class EventResponse
{
    /// <summary>Shows the events after <paramref name="after"/> until the turn ends or the viewer leaves.</summary>
    public static Task ShowAsync(Exchange exchange, ITurnReader turn, long after, Dialect dialect) => ShowAsync(exchange, turn, after, dialect, exchange.Left);

    /// <summary>The same, until <paramref name="over"/> is cancelled too, with an <paramref name="opening"/> of bytes before the first event.</summary>
    public static async Task<ViewerEnd> ShowAsync(
        Exchange exchange, ITurnReader turn, long after, Dialect dialect, CancellationToken over, ReadOnlyMemory<byte> opening = default)
    {
        Begin(exchange, turn.Opening, dialect);
        await exchange.Response.StartAsync(exchange.Left);
        if (!opening.IsEmpty)
            await exchange.Response.BodyWriter.WriteAsync(opening, exchange.Left);
        else if (turn.Committed <= after)
            await exchange.Response.BodyWriter.FlushAsync(exchange.Left); // to start is not to send: a client would see no answer until the next event
        if (turn.HasEnded && turn.Committed <= after)
            return ViewerEnd.TurnEnded; // nothing will follow
        var settings = exchange.Engine.ViewerSettings(exchange.Context) with
        {
            Timeline = exchange.Engine.Timelines.Find(turn.Opening.Key)?.ViewerCame(dialect.Name, after),
            Spellings = exchange.Engine.Spellings,
        };
        if (exchange.Engine.Turns.Find(turn.Opening.Key) is { } running)
            settings = settings with { WaitsForPeople = () => running.WaitsForPeople };
        var context = after > 0 && dialect.Joining == Joining.WithOpening
            ? await FrameContexts.WithEarlierAsync(exchange.Engine.Journal, turn.Opening, exchange.Left)
            : FrameContexts.Of(turn.Opening);
        var viewer = new Viewer(turn, dialect, context, exchange.Engine.Outputs.Of(exchange.Context), settings);
        exchange.Engine.Metrics.ViewerCame();
        try
        {
            return await viewer.RunAsync(after, over);
        }
        finally
        {
            exchange.Engine.Metrics.ViewerLeft();
        }
    }

    public static void NameTurn(HttpResponse response, TurnOpening opening)
    {
        response.Headers["Passwindow-Turn"] = opening.Turn.Value;
        response.Headers["Passwindow-Conversation"] = opening.Conversation.Value;
    }

    private static void Begin(Exchange exchange, TurnOpening opening, Dialect dialect)
    {
        var response = exchange.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx gathers 4 KiB otherwise
        response.Headers.Vary = "Authorization, Cookie, Accept";
        foreach (var (name, value) in dialect.Headers)
            response.Headers[name] = value;
        NameTurn(response, opening);
        exchange.Context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // The least rate counts the bytes since the response began: a turn that is silent for long would be cut for its silence.
        if (exchange.Context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
