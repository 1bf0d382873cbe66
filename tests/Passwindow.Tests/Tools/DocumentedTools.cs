using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Passwindow.Tests.Tools;

/// <summary>The code that <c>docs/tools.md</c> quotes, word for word.</summary>
internal static class DocumentedTools
{
    public static void Add(IServiceCollection services)
    {
        // <snippet>
        services.AddPasswindow();

        services.AddPasswindowTool("find_orders", "The orders of the person who asks.", (string status, ToolContext who, IServiceProvider services, CancellationToken stop) =>
            services.GetRequiredService<Orders>().FindAsync(who.Caller.Tenant, who.Caller.User, status, stop));

        services.AddPasswindowTool("cancel_order", "Cancels an order.", (string id, ToolContext who) => $"Order {id} of {who.Caller.User} is cancelled.", tool =>
        {
            tool.RequiresApproval = true;
            tool.Timeout = TimeSpan.FromSeconds(10);
        });

        services.AddPasswindowAction("open_page", "Opens a page of the shop.", JsonElement.Parse("""
            {"type":"object","properties":{"page":{"type":"string","enum":["orders","help"]}},"required":["page"]}
            """));
        // </snippet>
    }
}

/// <summary>Somebody's shop.</summary>
internal sealed class Orders
{
    public Task<IReadOnlyList<string>> FindAsync(Protocol.TenantId tenant, string? user, string status, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<string>>([$"{tenant}/{user}/{status}"]);
    }
}
