using Microsoft.Extensions.Hosting;

namespace Passwindow.Upstream;

/// <summary>What is done about Ollama while the server starts. Nothing waits for it.</summary>
/// <param name="configured">The one that is configured; it is asked for its models.</param>
/// <param name="local">The one that may run on this machine; null if it is not to be looked for.</param>
/// <param name="found">Called if it does.</param>
internal sealed class OllamaSearch(Ollama? configured, Ollama? local, Action<Ollama> found)
{
    private Task? _search;

    /// <summary>Starts the search, once; the task ends with it.</summary>
    public Task StartAsync() => _search ??= SearchAsync();

    private async Task SearchAsync()
    {
        if (configured is not null)
            await configured.LookAsync();
        else if (local is not null && await local.LookAsync())
            found(local);
    }
}

/// <summary>Makes the catalog when the host starts, so that a wrong setting is told then, and lets it look for Ollama.</summary>
internal sealed class UpstreamStart(UpstreamSetup setup) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = setup.Search.StartAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
