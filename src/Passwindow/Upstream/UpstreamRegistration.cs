using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Passwindow.Upstream;

/// <summary>Adds this room to the container.</summary>
internal static class UpstreamRegistration
{
    /// <summary>
    /// Adds <see cref="ModelCatalog"/>. Needs options, configuration and logging, which every host has; wrong settings fail the host's start.
    /// </summary>
    public static IServiceCollection AddUpstream(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ChatClientRegistrations(services));
        services.TryAddSingleton<UpstreamSetup>();
        services.TryAddSingleton(static provider =>
        {
            var setup = provider.GetRequiredService<UpstreamSetup>();
            setup.CheckModels();
            return setup.Catalog;
        });
        services.AddHostedService(static provider =>
        {
            _ = provider.GetRequiredService<ModelCatalog>(); // made, and so checked, when the host starts at the latest
            return new UpstreamStart(provider.GetRequiredService<UpstreamSetup>());
        });
        return services;
    }
}
