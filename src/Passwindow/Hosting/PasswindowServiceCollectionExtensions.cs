using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Passwindow;
using Passwindow.Clock;
using Passwindow.Diagnostics;
using Passwindow.Hosting;
using Passwindow.Http;
using Passwindow.Journal;
using Passwindow.Journal.Files;
using Passwindow.Tools;
using Passwindow.Tools.Mcp;
using Passwindow.Turns;
using Passwindow.Upstream;
using Passwindow.Viewers;

#pragma warning disable IDE0130 // where everybody who adds a service already looks
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Passwindow to an application.</summary>
public static class PasswindowServiceCollectionExtensions
{
    /// <summary>
    /// Adds Passwindow. Settings come from the configuration section <c>Passwindow</c>, then from <paramref name="configure"/>. Any
    /// <c>IChatClient</c> in the container can be a model. Map it with <c>MapPasswindow</c>.
    /// </summary>
    /// <exception cref="OptionsValidationException">When the host starts: a setting is wrong; the message names it.</exception>
    public static IServiceCollection AddPasswindow(this IServiceCollection services, Action<PasswindowOptions>? configure = null)
    {
        services.AddOptions<PasswindowOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<PasswindowOptions>, ConfigureFromConfiguration>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PasswindowOptions>, ValidateOptions>());
        if (configure is not null)
            services.PostConfigure(configure);

        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<PasswindowMetrics>();
        services.TryAddSingleton<TurnTimelines>();
        services.AddUpstream();
        services.TryAddSingleton<IJournal>(OpenJournal);
        services.TryAddSingleton<Pulse>();
        services.TryAddSingleton(static provider => Limits(provider.GetRequiredService<IOptions<PasswindowOptions>>().Value));
        services.TryAddSingleton(static provider => ToolLimits(provider.GetRequiredService<IOptions<PasswindowOptions>>().Value));
        services.TryAddSingleton<ToolRunner>();
        services.TryAddSingleton<McpServers>();
        services.AddHostedService(static provider => provider.GetRequiredService<McpServers>());
        services.TryAddSingleton<ServerTools>();
        services.TryAddSingleton(static provider => Failover(provider.GetRequiredService<IOptions<PasswindowOptions>>().Value));
        services.TryAddSingleton<TurnUpstreams>();
        services.TryAddSingleton<RunningTurns>();
        services.TryAddSingleton<IdempotencyKeys>();
        services.TryAddSingleton(static provider => new Lazy<RunningTurns>(provider.GetRequiredService<RunningTurns>));
        services.TryAddSingleton<ServerClosing>();
        services.TryAddSingleton<Spellings>();
        services.TryAddSingleton<IEventOutputs, BodyOutputs>();
        services.TryAddSingleton(static provider => ActivatorUtilities.CreateInstance<Engine>(provider, provider.GetRequiredService<IOptions<PasswindowOptions>>().Value));
        services.AddHostedService(static provider => provider.GetRequiredService<ServerClosing>());
        services.AddHostedService<JournalStart>();
        services.AddHostedService<RetentionSweep>();
        return services;
    }

    private static FileJournal OpenJournal(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<PasswindowOptions>>().Value;
        return FileJournal.Open(
            new FileJournalSettings(options.Journal, options.Durability)
            {
                CommitSpacing = options.Durability == Durability.Fsync ? FileJournalSettings.ServerCommitSpacing : TimeSpan.Zero,
            },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FileJournal>>());
    }

    private static ToolLimits ToolLimits(PasswindowOptions options) => new(options.ToolTimeout, options.ApprovalTimeout);

    private static FailoverSettings Failover(PasswindowOptions options) =>
        new(RetryPolicy.Of(options.UpstreamRetries), options.FirstTokenTimeout, options.ContinueAfterBreak);

    private static TurnLimits Limits(PasswindowOptions options) => new(
        options.Linger,
        options.TokenTimeout,
        options.TurnTimeout,
        options.MaxTurns,
        options.MaxToolRounds,
        options.MaxAnswerBytes);
}
