using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>What holds for a well-known API where nothing is configured.</summary>
internal static class ProviderDefaults
{
    /// <summary>The bases as the official SDKs have them: OpenAI's holds the version, Anthropic's does not.</summary>
    public static Uri BaseUrl(UpstreamApi api) => new(api == UpstreamApi.Anthropic ? "https://api.anthropic.com" : "https://api.openai.com/v1");

    /// <summary>Anthropic documents the prefilled answer; OpenAI's servers, and most that are compatible with them, answer anew.</summary>
    public static bool CanContinue(UpstreamApi api) => api == UpstreamApi.Anthropic;

    /// <summary>The models that are asked where none is configured; also at a compatible server, which may stand in for the provider itself.</summary>
    public static IReadOnlyList<string> Models(UpstreamApi api) => [api == UpstreamApi.Anthropic ? "claude-sonnet-4-5" : "gpt-4.1-mini"];
}
