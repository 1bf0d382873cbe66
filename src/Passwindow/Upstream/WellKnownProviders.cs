using Microsoft.Extensions.Configuration;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>The providers of the environment variables that everybody's shell already has.</summary>
internal static class WellKnownProviders
{
    private static readonly (string Name, string Prefix, UpstreamApi Api)[] All =
        [("openai", "OPENAI", UpstreamApi.OpenAIChat), ("anthropic", "ANTHROPIC", UpstreamApi.Anthropic)];

    /// <summary>
    /// Reads <c>OPENAI_API_KEY</c>, <c>OPENAI_BASE_URL</c>, <c>ANTHROPIC_API_KEY</c>, <c>ANTHROPIC_BASE_URL</c>: a key or a base alone suffices.
    /// </summary>
    public static IEnumerable<ProviderSetting> Read(IConfiguration configuration)
    {
        foreach (var (name, prefix, api) in All)
        {
            var key = ProviderSetting.Key(configuration[$"{prefix}_API_KEY"], $"{prefix}_API_KEY");
            var baseUrl = ProviderSetting.BaseUrl(configuration[$"{prefix}_BASE_URL"], $"{prefix}_BASE_URL");
            if (key is not null || baseUrl is not null)
                yield return new(new(name, api, baseUrl ?? ProviderDefaults.BaseUrl(api), key), ProviderDefaults.Models(api), ProviderDefaults.CanContinue(api));
        }
    }

    /// <summary>
    /// Fills the API and what else the section <c>Passwindow:Providers:openai</c> (or <c>anthropic</c>) leaves out, so that one can list models there and keep the key in the environment.
    /// Only if it names neither key nor base, and no other API: a key never goes where it was not given for.
    /// </summary>
    public static ProviderOptions Complete(string name, ProviderOptions options, IConfiguration configuration)
    {
        var (_, prefix, api) = Array.Find(All, known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (prefix is null)
            return options;
        if (options.Type is not null && !options.Type.Equals(api.Name, StringComparison.OrdinalIgnoreCase))
            return options;

        var isOwn = !string.IsNullOrWhiteSpace(options.ApiKey) || !string.IsNullOrWhiteSpace(options.BaseUrl);
        var completed = new ProviderOptions
        {
            Type = api.Name,
            BaseUrl = isOwn ? options.BaseUrl : configuration[$"{prefix}_BASE_URL"],
            CanContinue = options.CanContinue,
            ApiKey = isOwn ? options.ApiKey : configuration[$"{prefix}_API_KEY"],
        };
        foreach (var model in options.Models)
            completed.Models.Add(model);
        return completed;
    }
}
