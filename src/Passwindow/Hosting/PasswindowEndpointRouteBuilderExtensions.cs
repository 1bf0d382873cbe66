using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Http;
using Passwindow.Http.Dialects;

#pragma warning disable IDE0130 // where everybody who maps an endpoint already looks
namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Passwindow's endpoints.</summary>
public static class PasswindowEndpointRouteBuilderExtensions
{
    /// <summary>Maps the turns, their events and the conversations under <paramref name="prefix"/>, by default <c>/chat</c>.</summary>
    /// <returns>The group of endpoints, for conventions such as CORS, rate limits or authorisation.</returns>
    /// <exception cref="InvalidOperationException">AddPasswindow was not called.</exception>
    public static IEndpointConventionBuilder MapPasswindow(this IEndpointRouteBuilder endpoints, string prefix = "/chat")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Require(endpoints);
        var group = endpoints.MapGroup(prefix);
        TurnEndpoints.Map(group);
        ToolEndpoints.Map(group);
        TimelineEndpoint.Map(group);
        ConversationEndpoints.Map(group);
        return group;
    }

    /// <summary>
    /// Maps the standard dialects, each where its clients look for it below their base URL: <c>/v1</c> (the OpenAI and Anthropic SDKs),
    /// <c>/api/chat</c> (Vercel AI SDK), <c>/ag-ui</c>, <c>/streams</c> (Durable Streams).
    /// </summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="prefix">What stands before those paths; by default nothing.</param>
    /// <returns>The group of endpoints.</returns>
    /// <exception cref="InvalidOperationException">AddPasswindow was not called.</exception>
    public static IEndpointConventionBuilder MapPasswindowDialects(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Require(endpoints);
        var group = endpoints.MapGroup(prefix);
        DialectEndpoints.Map(group);
        return group;
    }

    /// <summary>Maps <c>/healthz</c> (alive), <c>/readyz</c> (takes turns), <c>/schema/events.json</c> (JSON Schema of the events) and <c>/openapi.json</c>.</summary>
    /// <returns>The group of endpoints.</returns>
    public static IEndpointConventionBuilder MapPasswindowHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        Require(endpoints);
        var group = endpoints.MapGroup("");
        HealthEndpoints.Map(group);
        return group;
    }

    private static void Require(IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<Passwindow.Http.Engine>() is null)
            throw new InvalidOperationException("Call builder.Services.AddPasswindow() before MapPasswindow.");
    }
}
