using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Passwindow.Http;

/// <summary><c>GET /turns/{turn}/timeline</c>: when each event was said, committed and sent. Only for turns of a moment ago, and not for all under load.</summary>
internal static class TimelineEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/turns/{turn}/timeline", Exchange.Of(GetAsync));

    private static async Task GetAsync(Exchange exchange)
    {
        var reader = await exchange.FindTurnAsync(exchange.RouteTurn());
        var timeline = exchange.Engine.Timelines.Find(reader.Opening.Key)
            ?? throw new Problem(StatusCodes.Status404NotFound, "not_timed", "Times are kept in memory for the newest turns only; this is none of them.");
        await ConversationEndpoints.SendAsync(exchange, json =>
        {
            json.WriteStartObject();
            json.WriteString("turn_id"u8, reader.Opening.Turn.Value);
            json.WriteString("conversation_id"u8, reader.Opening.Conversation.Value);
            json.WriteNumber("last_seq"u8, reader.Committed);
            json.WriteBoolean("ended"u8, reader.HasEnded);
            timeline.WriteTo(json);
            json.WriteEndObject();
            return Task.CompletedTask;
        });
    }
}
