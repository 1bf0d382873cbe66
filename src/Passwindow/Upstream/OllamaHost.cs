using Microsoft.Extensions.Configuration;

namespace Passwindow.Upstream;

/// <summary>Reads <c>OLLAMA_HOST</c> as Ollama does: a host, <c>host:port</c>, or a URL. Ollama speaks OpenAI's API below <c>/v1</c>.</summary>
internal static class OllamaHost
{
    private const string Name = "OLLAMA_HOST";
    private const int DefaultPort = 11434;

    /// <summary>Where it is where nothing else is said.</summary>
    public static Uri Local { get; } = new($"http://127.0.0.1:{DefaultPort}/");

    /// <summary>The server's root; null if nothing is configured.</summary>
    public static Uri? Read(IConfiguration configuration)
    {
        if (configuration[Name]?.Trim() is not { Length: > 0 } host)
            return null;

        if (host.Contains("://", StringComparison.Ordinal))
            return AsClient(ProviderSetting.BaseUrl(host, Name)!);

        // ":8080" is a port alone.
        var url = "http://" + (host.StartsWith(':') ? "127.0.0.1" + host : host);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed))
            throw ProviderSetting.Wrong($"{Name} is neither host:port nor a URL.");

        // Without a scheme the port is Ollama's own, not HTTP's: only a port that was written down counts.
        return AsClient(parsed.Authority.EndsWith($":{parsed.Port}", StringComparison.Ordinal) || host.EndsWith(":80", StringComparison.Ordinal)
            ? parsed
            : new UriBuilder(parsed) { Port = DefaultPort }.Uri);
    }

    // The same variable tells the server where to listen; "everywhere" is nowhere to connect to.
    private static Uri AsClient(Uri url) => new UriBuilder(url)
    {
        Host = url.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : url.Host,
        Path = url.AbsolutePath.TrimEnd('/') + "/",
    }.Uri;
}
