using Microsoft.Extensions.Options;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>An HTTP provider as it is configured, checked. What is wrong fails the start and names the setting.</summary>
/// <param name="Endpoint">Where it is.</param>
/// <param name="Models">Its models.</param>
/// <param name="CanContinue">Whether its models go on from the beginning of an answer.</param>
internal sealed record ProviderSetting(ProviderEndpoint Endpoint, IReadOnlyList<string> Models, bool CanContinue)
{
    private const int MaxNameLength = 64;

    /// <summary>Checks the provider of the section <c>Passwindow:Providers:{name}</c>.</summary>
    public static ProviderSetting Check(string name, ProviderOptions options)
    {
        var setting = $"Passwindow:Providers:{name}";
        CheckName(name, setting);
        var type = string.IsNullOrWhiteSpace(options.Type) ? UpstreamApi.OpenAIChat.Name : options.Type.Trim();
        var api = UpstreamApi.All.FirstOrDefault(api => api.Name.Equals(type, StringComparison.OrdinalIgnoreCase))
            ?? throw Wrong($"{setting}:Type is '{type}'. Known are {string.Join(", ", UpstreamApi.All.Select(static api => api.Name))}.");
        var models = options.Models.Where(static model => !string.IsNullOrWhiteSpace(model)).Select(static model => model.Trim()).ToList();
        return new(
            new(name, api, BaseUrl(options.BaseUrl, $"{setting}:BaseUrl") ?? ProviderDefaults.BaseUrl(api), Key(options.ApiKey, $"{setting}:ApiKey")),
            models.Count > 0 ? models : ProviderDefaults.Models(api),
            options.CanContinue ?? ProviderDefaults.CanContinue(api));
    }

    /// <summary>Checks that something can be a provider's name.</summary>
    public static void CheckName(string name, string setting)
    {
        if (name.Equals(ModelCatalog.Demo, StringComparison.OrdinalIgnoreCase))
            throw Wrong($"{setting}: 'demo' is the built-in model. Give the provider another name.");
        if (name.Length is 0 or > MaxNameLength || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            throw Wrong($"{setting}: a provider's name has 1 to {MaxNameLength} characters of A-Z a-z 0-9 . _ -");
    }

    /// <summary>An absolute http(s) URL; null if nothing is configured.</summary>
    public static Uri? BaseUrl(string? url, string setting)
    {
        if (string.IsNullOrWhiteSpace(url))
            return null;

        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https") || parsed.Host.Length == 0)
            throw Wrong($"{setting} is not a URL that begins with http:// or https://.");

        // It would not be sent, and be shown wherever the URL is.
        if (parsed.UserInfo.Length > 0)
            throw Wrong($"{setting} holds a user name or password. Put the key into ApiKey.");

        return parsed;
    }

    /// <summary>A key that a header can carry; null if nothing is configured.</summary>
    public static string? Key(string? key, string setting)
    {
        // A file's last line break is a frequent guest.
        key = key?.Trim();
        if (string.IsNullOrEmpty(key))
            return null;

        return key.All(static letter => letter is > ' ' and < '\u007F') ? key : throw Wrong($"{setting} holds characters that a header cannot carry.");
    }

    /// <summary>A configuration that cannot be started with.</summary>
    public static OptionsValidationException Wrong(string message) => new("Passwindow", typeof(PasswindowOptions), [message]);
}
