using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>Whether the server is alive and takes turns. They say no more than that: health pages tend to be public.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", static context => context.Response.WriteAsync("ok", context.RequestAborted));
        routes.MapGet("/readyz", Exchange.Of(ReadyAsync));
        routes.MapGet("/schema/events.json", SchemaAsync);
    }

    private static Task ReadyAsync(Exchange exchange) => exchange.Engine.IsReady
        ? exchange.Response.WriteAsync("ready", exchange.Left)
        : throw new Problem(StatusCodes.Status503ServiceUnavailable, "not_ready", "No turns are taken now.") { RetryAfter = TimeSpan.FromSeconds(5) };

    private static async Task SchemaAsync(HttpContext context)
    {
        context.Response.ContentType = "application/schema+json";
        await context.Response.BodyWriter.WriteAsync(EventSchema.Utf8, context.RequestAborted);
    }
}
