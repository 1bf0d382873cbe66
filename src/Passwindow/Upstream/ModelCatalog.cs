using System.Diagnostics.CodeAnalysis;

namespace Passwindow.Upstream;

/// <summary>
/// Finds the model for a name: <c>provider/model</c>, a provider's bare name (its default model), or the bare name of a model, which goes to
/// the default provider as it is. The default provider is that of the default model.
/// </summary>
/// <param name="providers">The providers; the first is the default one where the default model names none.</param>
/// <param name="demo">The demo; null if it is switched off.</param>
/// <param name="defaults">The default models, in the order of failover; empty: the first provider's.</param>
internal sealed class ModelCatalog(ProviderList providers, IUpstream? demo, IReadOnlyList<string> defaults)
{
    /// <summary>The demo's name.</summary>
    public const string Demo = "demo";

    private const int MaxNameLength = 256;

    private const string HowToConfigure = "Set OPENAI_API_KEY, ANTHROPIC_API_KEY, OLLAMA_HOST or Passwindow:Providers to configure a provider.";

    /// <summary>The default models as configured, for failover. The first is what <see cref="Resolve"/> gives for no name.</summary>
    public IReadOnlyList<string> Defaults => defaults;

    /// <summary>The names of the models that are known: other names may work too, a provider is the judge of that.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. providers.All.SelectMany(static provider => provider.NeedsNoModel && provider.Models().Count == 0
            ? [provider.Name]
            : provider.Models().Select(provider.Show)),
        .. demo is null ? Array.Empty<string>() : [Demo],
    ];

    /// <summary>Finds the model; null or an empty name means the default.</summary>
    public ModelResolution Resolve(string? model)
    {
        if (string.IsNullOrWhiteSpace(model))
            return Default();

        model = model.Trim();
        if (model.Length > MaxNameLength || model.Any(char.IsControl))
            return Fail($"A model's name has at most {MaxNameLength} characters and no control characters.");

        if (TryNamed(model, out var named))
            return named.Value;

        return DefaultProvider() is { } provider
            ? Found(provider, model)
            : Fail($"There is no provider for the model '{model}'. {WhatExists()} {HowToConfigure}");
    }

    /// <summary>
    /// The model that suggests follow-up questions: the configured one; for the demo, where none is configured, its own script. Null for none.
    /// </summary>
    /// <param name="configured">The setting; <c>off</c> means none.</param>
    /// <param name="answering">The model that answers the turn.</param>
    public ResolvedModel? ForSuggestions(string? configured, ResolvedModel answering)
    {
        if (string.IsNullOrWhiteSpace(configured))
            return answering.Name == Demo ? DemoSuggester : null;
        if (IsOff(configured))
            return null;
        return Resolve(configured).Model is { } model ? model.Name == Demo ? DemoSuggester : model : null;
    }

    /// <summary>Whether the setting of the model for suggestions means none.</summary>
    public static bool IsOff(string configured) => configured.Equals("off", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// What is wrong with a model that is configured; null if nothing is, or if only an Ollama that has not answered yet can tell. Asks nobody.
    /// </summary>
    /// <remarks>
    /// Stricter than <see cref="Resolve"/>: what stands before a slash must be a provider, else a misspelt one would send every turn, under a
    /// name it does not know, to another.
    /// </remarks>
    /// <param name="model">The setting's value.</param>
    /// <param name="ollamaMayJoin">Whether an Ollama may still be found.</param>
    public string? Check(string model, bool ollamaMayJoin)
    {
        model = model.Trim();
        string first = model.Split('/')[0];
        if (first.Equals(Demo, StringComparison.OrdinalIgnoreCase))
            return Resolve(model).Problem;
        if (providers.Find(first) is not null || (ollamaMayJoin && first.Equals(Ollama.Name, StringComparison.OrdinalIgnoreCase)))
            return null;
        var provider = DefaultProvider();
        if (first.Length == model.Length)
            return provider is null && ollamaMayJoin ? null : Resolve(model).Problem;
        if (provider?.Models().Contains(model) == true)
            return null;
        string hint = provider is null ? HowToConfigure : $"A model whose own name has a slash is written with its provider: '{provider.Name}/{model}'.";
        return $"There is no provider '{first}'. {WhatExists()} {hint}";
    }

    private static ResolvedModel DemoSuggester { get; } = new(new DemoSuggestions(), Demo, Demo);

    private ModelResolution Default()
    {
        if (defaults is [var first, ..])
            return WithFallbacks(Resolve(first), defaults.Skip(1));
        if (DefaultProvider() is { } provider)
            return Ask(provider);
        return demo is null ? Fail($"There is no model. {HowToConfigure}") : new(new(demo, Demo, Demo), null);
    }

    // A model that cannot be found now is no help now; if it is the first, that is said.
    private ModelResolution WithFallbacks(ModelResolution first, IEnumerable<string> others) => first.Model is not { } model ? first : first with
    {
        Model = model with { Fallbacks = [.. others.Select(Resolve).Select(static other => other.Model).OfType<ResolvedModel>()] },
    };

    private bool TryNamed(string model, [NotNullWhen(true)] out ModelResolution? named)
    {
        var slash = model.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? model : model[..slash];
        var rest = slash < 0 ? null : model[(slash + 1)..];
        named = null;
        if (first.Equals(Demo, StringComparison.OrdinalIgnoreCase))
        {
            named = demo is null ? Fail($"The model 'demo' is switched off (Passwindow:Demo). {WhatExists()}")
                : rest is null ? new(new(demo, Demo, Demo), null)
                : Fail("The demo is one model, named 'demo'.");
        }
        else if (providers.Find(first) is { } provider)
        {
            named = string.IsNullOrEmpty(rest) ? Ask(provider) : Found(provider, rest);
        }

        return named is not null;
    }

    private Provider? DefaultProvider()
    {
        if (defaults is [var model, ..] && providers.Find(model.Split('/')[0]) is { } named)
            return named;
        return providers.All is [var first, ..] ? first : null;
    }

    private static ModelResolution Ask(Provider provider)
    {
        if (provider.DefaultModel is { } model)
            return Found(provider, model);

        provider.LookForModels();
        return Fail($"The provider '{provider.Name}' has no default model. Name one: '{provider.Name}/MODEL', or set Passwindow:Model.");
    }

    private static ModelResolution Found(Provider provider, string model) => new(new(provider.Upstream, provider.Show(model), model) { CanContinue = provider.CanContinue, Api = provider.Api }, null);

    private static ModelResolution Fail(string problem) => new(null, problem);

    private string WhatExists()
    {
        var names = Names;
        return names.Count == 0 ? "No model is configured." : $"There is: {string.Join(", ", names.Take(20))}{(names.Count > 20 ? ", …" : "")}.";
    }
}
