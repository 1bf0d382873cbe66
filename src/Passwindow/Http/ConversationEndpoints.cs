using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Passwindow.Conversations;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>Reading a conversation back (contract, section 4).</summary>
internal static class ConversationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/conversations/{conversation}", Exchange.Of(GetAsync));

    private static async Task GetAsync(Exchange exchange)
    {
        var key = new ConversationKey(exchange.Caller.Tenant, exchange.RouteConversation());
        var turns = await exchange.Engine.Journal.ReadConversationAsync(key, exchange.Left);
        if (turns.Count == 0)
            throw Problem.NotFound();
        exchange.Response.ContentType = "application/json";
        exchange.Response.Headers.CacheControl = "no-store";
        await using (var json = new Utf8JsonWriter(exchange.Response.BodyWriter))
            await ConversationView.WriteAsync(json, key.Conversation, turns, exchange.Left);
        await exchange.Response.BodyWriter.FlushAsync(exchange.Left);
    }
}
