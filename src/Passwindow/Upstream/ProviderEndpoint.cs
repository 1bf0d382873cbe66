using System.Diagnostics.CodeAnalysis;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>Where a provider is, how it is spoken to, and with which key. A class, so that no generated ToString prints the key.</summary>
/// <param name="name">The provider's name.</param>
/// <param name="api">Its API.</param>
/// <param name="baseUrl">Its base, as the official SDKs have it; a trailing slash does not matter, a query is kept.</param>
/// <param name="apiKey">The key; null for a server that wants none.</param>
internal sealed class ProviderEndpoint(string name, UpstreamApi api, Uri baseUrl, string? apiKey)
{
    /// <summary>The provider's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its API.</summary>
    public UpstreamApi Api { get; } = api;

    /// <summary>Where requests go.</summary>
    public Uri Url { get; } = Append(baseUrl, api.Path);

    /// <summary>What every request carries.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => Api.Headers(apiKey);

    /// <summary>Takes the key out of what the provider said: some repeat it in their errors.</summary>
    [return: NotNullIfNotNull(nameof(said))]
    public string? Redact(string? said)
    {
        if (said is null || string.IsNullOrEmpty(apiKey))
            return said;

        said = said.Replace(apiKey, "[key]", StringComparison.Ordinal);

        // What we read is cut at a limit, and the limit may have cut the key.
        for (var length = apiKey.Length - 1; length >= 4; length--)
        {
            if (said.EndsWith(apiKey[..length], StringComparison.Ordinal))
                return said[..^length] + "[key]";
        }

        return said;
    }

    private static Uri Append(Uri baseUrl, string path) => new UriBuilder(baseUrl)
    {
        Path = baseUrl.AbsolutePath.TrimEnd('/') + "/" + path,
        Fragment = "",
    }.Uri;
}
