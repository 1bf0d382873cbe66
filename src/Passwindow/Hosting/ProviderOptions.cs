namespace Passwindow;

/// <summary>A provider reached over HTTP: <c>Passwindow:Providers:{name}</c>.</summary>
public sealed class ProviderOptions
{
    /// <summary>The API it speaks: <c>OpenAI</c> (Chat Completions), <c>OpenAIResponses</c> or <c>Anthropic</c>. Default <c>OpenAI</c>, and <c>Anthropic</c> for a provider named so.</summary>
    public string? Type { get; set; }

    /// <summary>Where it is, as the official SDKs want it: for OpenAI with the version (<c>https://api.openai.com/v1</c>), for Anthropic without.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>The key. Sent to <see cref="BaseUrl"/> and nowhere else; never logged.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Whether its models go on from the beginning of an answer that ends the conversation (a prefilled answer), instead of answering anew;
    /// see <see cref="PasswindowOptions.ContinueAfterBreak"/>. Default: true for <c>Anthropic</c>, otherwise false.
    /// </summary>
    public bool? CanContinue { get; set; }

    /// <summary>Its models; the first is its default. A name that is not listed is passed on as it is.</summary>
    public IList<string> Models { get; } = [];
}
