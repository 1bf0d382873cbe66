using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Passwindow.Upstream;

namespace Passwindow.Server;

/// <summary>What the operator reads first: where to look, which model answers, where the truth is kept.</summary>
internal static class Announcement
{
    public static void Write(WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<PasswindowOptions>>().Value;
        var models = app.Services.GetRequiredService<ModelCatalog>();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Console.WriteLine($"Passwindow serves on {string.Join(", ", addresses)}");
        Console.WriteLine($"  model    {models.Resolve(null).Model?.Name ?? "none"}");
        Console.WriteLine($"  journal  {Path.GetFullPath(options.Journal)} ({options.Durability.ToString().ToLowerInvariant()})");
    }
}
