using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream.Loops;

namespace Passwindow.Upstream;

/// <summary>
/// Makes the catalog of what is configured, in this order: the section <c>Passwindow:Providers</c>, the container's chat clients, then
/// <c>openai</c>, <c>anthropic</c> and <c>ollama</c> of the well-known variables. The first is the default provider.
/// </summary>
internal sealed class UpstreamSetup : IDisposable, IAsyncDisposable
{
    private readonly ProviderList _providers = new();
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly HttpMessageInvoker _http;
    private readonly HttpMessageInvoker _local = UpstreamHttp.CreateForLocalSearch();
    private readonly AsyncServiceScope _scope;
    private readonly string[] _model;
    private readonly string? _suggestions;
    private readonly bool _ollamaMayJoin;

    /// <summary>Reads and checks everything; asks nobody.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message names it.</exception>
    public UpstreamSetup(
        IOptions<PasswindowOptions> options, IConfiguration configuration, ChatClientRegistrations clients, IServiceProvider services, TimeProvider time, ILoggerFactory logs)
    {
        var settings = options.Value;
        _time = time;
        _logs = logs;
        _model = Names(settings.Model);
        _suggestions = settings.Suggestions;

        // Before the pool: a wrong setting must leave nothing behind.
        if (settings.MaxConnectionsPerProvider < 1)
            throw ProviderSetting.Wrong("Passwindow:MaxConnectionsPerProvider is less than 1.");
        var configured = settings.Providers
            .Select(provider => ProviderSetting.Check(provider.Key, WellKnownProviders.Complete(provider.Key, provider.Value, configuration))).ToList();
        var wellKnown = WellKnownProviders.Read(configuration).ToList();
        var ollamaRoot = OllamaHost.Read(configuration);
        _http = UpstreamHttp.Create(settings.UseProxy, settings.MaxConnectionsPerProvider, services.GetService<ReadLoops>());

        // A client may have been registered for a scope; ours lasts as long as the server.
        _scope = services.CreateAsyncScope();

        foreach (var setting in configured)
            Add(OverHttp(setting));
        foreach (var (name, get) in clients.Read())
            Add(OverClient(name, get));
        foreach (var setting in wellKnown.Where(setting => _providers.Find(setting.Endpoint.Name) is null))
            Add(OverHttp(setting));

        Ollama? ollama = null;
        if (ollamaRoot is not null && _providers.Find(Ollama.Name) is null)
        {
            ollama = NewOllama(_http, ollamaRoot);
            Add(OverOllama(ollama, ollamaRoot));
        }

        Ollama? local = null;
        _ollamaMayJoin = settings.FindOllama && _providers.All.Count == 0;
        if (_ollamaMayJoin)
            local = NewOllama(_local, OllamaHost.Local);
        Search = new(ollama, local, found => Add(OverOllama(found, OllamaHost.Local)));

        Catalog = new(_providers, settings.Demo ? new DemoUpstream(time) : null, _model);
    }

    /// <summary>The catalog.</summary>
    public ModelCatalog Catalog { get; }

    /// <summary>The search for Ollama, not yet begun.</summary>
    public OllamaSearch Search { get; }

    /// <summary>Checks that the models that are configured can be found in the catalog.</summary>
    /// <exception cref="OptionsValidationException">One cannot; the message names the setting.</exception>
    public void CheckModels()
    {
        foreach (string model in _model)
            Check("Passwindow:Model", model);
        if (!string.IsNullOrWhiteSpace(_suggestions) && !ModelCatalog.IsOff(_suggestions))
            Check("Passwindow:Suggestions", _suggestions);

        void Check(string setting, string model)
        {
            if (Catalog.Check(model, _ollamaMayJoin) is { } problem)
                throw ProviderSetting.Wrong($"{setting} is '{model}': {problem}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _local.Dispose();
        _scope.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _local.Dispose();
        return _scope.DisposeAsync();
    }

    private static string[] Names(string? models) => models?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private void Add(Provider provider)
    {
        if (_providers.Find(provider.Name) is not null)
            throw ProviderSetting.Wrong($"There are two providers named '{provider.Name}': in Passwindow:Providers and among the registered chat clients. Rename one.");
        _providers.Add(provider);
    }

    private Provider OverHttp(ProviderSetting setting) =>
        new(setting.Endpoint.Name, new HttpUpstream(_http, setting.Endpoint, _time, _logs.CreateLogger<HttpUpstream>()))
        {
            Models = () => setting.Models,
            CanContinue = setting.CanContinue,
            Api = setting.Endpoint.Api.Name,
        };

    private Provider OverClient(string name, Func<IServiceProvider, IChatClient> get)
    {
        var client = new Lazy<IChatClient>(() => get(_scope.ServiceProvider));
        return new(name, new ChatClientUpstream(() => client.Value, _logs.CreateLogger<ChatClientUpstream>())) { NeedsNoModel = true };
    }

    private Ollama NewOllama(HttpMessageInvoker http, Uri root) => new(http, root, _time, _logs.CreateLogger<Ollama>());

    private Provider OverOllama(Ollama ollama, Uri root)
    {
        var endpoint = new ProviderEndpoint(Ollama.Name, UpstreamApi.OpenAIChat, new UriBuilder(root) { Path = root.AbsolutePath.TrimEnd('/') + "/v1" }.Uri, apiKey: null);
        return new(Ollama.Name, new HttpUpstream(_http, endpoint, _time, _logs.CreateLogger<HttpUpstream>()))
        {
            Models = () => ollama.Models,
            LookForModels = () => _ = ollama.LookAsync(),
        };
    }
}
