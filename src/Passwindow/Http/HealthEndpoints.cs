using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Passwindow.Protocol;

namespace Passwindow.Http;

/// <summary>
/// Whether the server is alive and takes turns, and what it speaks. They say no more than that, nothing of models, tenants or versions:
/// such pages tend to be public.
/// </summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", static context => context.Response.WriteAsync("ok", context.RequestAborted));
        routes.MapGet("/readyz", Exchange.Of(ReadyAsync));
        routes.MapGet("/schema/events.json", static context => DocumentAsync(context, "application/schema+json", EventSchema.Utf8));
        routes.MapGet("/openapi.json", static context => DocumentAsync(context, "application/json", OpenApi.Utf8));
    }

    private static Task ReadyAsync(Exchange exchange) => exchange.Engine.IsReady
        ? exchange.Response.WriteAsync("ready", exchange.Left)
        : throw new Problem(StatusCodes.Status503ServiceUnavailable, "not_ready", "No turns are taken now.") { RetryAfter = TimeSpan.FromSeconds(5) };

    private static async Task DocumentAsync(HttpContext context, string type, ReadOnlyMemory<byte> document)
    {
        context.Response.ContentType = type;
        await context.Response.BodyWriter.WriteAsync(document, context.RequestAborted);
    }
}
