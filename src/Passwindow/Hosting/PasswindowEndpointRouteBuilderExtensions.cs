using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Http;

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
        ConversationEndpoints.Map(group);
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
