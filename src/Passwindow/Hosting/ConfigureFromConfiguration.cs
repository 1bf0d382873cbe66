using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Passwindow.Hosting;

/// <summary>
/// Reads the section <c>Passwindow</c>. By hand and not by the framework's binder, which takes <c>15</c> for fifteen days, skips a value it
/// cannot read, and says nothing of a setting that is misspelt.
/// </summary>
internal sealed class ConfigureFromConfiguration(IConfiguration configuration) : IConfigureOptions<PasswindowOptions>
{
    private static readonly Dictionary<string, Action<PasswindowOptions, string, string>> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(PasswindowOptions.Model)] = static (options, _, text) => options.Model = text,
        [nameof(PasswindowOptions.Journal)] = static (options, _, text) => options.Journal = text,
        [nameof(PasswindowOptions.Durability)] = static (options, key, text) => options.Durability = Word<Durability>(key, text),
        [nameof(PasswindowOptions.Retention)] = static (options, key, text) => options.Retention = Time(key, text),
        [nameof(PasswindowOptions.UnlistedRetention)] = static (options, key, text) => options.UnlistedRetention = Time(key, text),
        [nameof(PasswindowOptions.Linger)] = static (options, key, text) => options.Linger = Time(key, text),
        [nameof(PasswindowOptions.HeartbeatSeconds)] = static (options, key, text) => options.HeartbeatSeconds = Number(key, text),
        [nameof(PasswindowOptions.FirstTokenTimeout)] = static (options, key, text) => options.FirstTokenTimeout = Time(key, text),
        [nameof(PasswindowOptions.TokenTimeout)] = static (options, key, text) => options.TokenTimeout = Time(key, text),
        [nameof(PasswindowOptions.TurnTimeout)] = static (options, key, text) => options.TurnTimeout = Time(key, text),
        [nameof(PasswindowOptions.MaxTurns)] = static (options, key, text) => options.MaxTurns = Number(key, text),
        [nameof(PasswindowOptions.MaxToolRounds)] = static (options, key, text) => options.MaxToolRounds = Number(key, text),
        [nameof(PasswindowOptions.MaxHistoryBytes)] = static (options, key, text) => options.MaxHistoryBytes = Number(key, text),
        [nameof(PasswindowOptions.MaxMessageBytes)] = static (options, key, text) => options.MaxMessageBytes = Number(key, text),
        [nameof(PasswindowOptions.MaxAnswerBytes)] = static (options, key, text) => options.MaxAnswerBytes = Number(key, text),
        [nameof(PasswindowOptions.ToolTimeout)] = static (options, key, text) => options.ToolTimeout = Time(key, text),
        [nameof(PasswindowOptions.ApprovalTimeout)] = static (options, key, text) => options.ApprovalTimeout = Time(key, text),
        [nameof(PasswindowOptions.Suggestions)] = static (options, _, text) => options.Suggestions = text,
        [nameof(PasswindowOptions.UpstreamRetries)] = static (options, key, text) => options.UpstreamRetries = Number(key, text),
        [nameof(PasswindowOptions.ContinueAfterBreak)] = static (options, key, text) => options.ContinueAfterBreak = YesOrNo(key, text),
        [nameof(PasswindowOptions.Demo)] = static (options, key, text) => options.Demo = YesOrNo(key, text),
        [nameof(PasswindowOptions.FindOllama)] = static (options, key, text) => options.FindOllama = YesOrNo(key, text),
        [nameof(PasswindowOptions.UseProxy)] = static (options, key, text) => options.UseProxy = YesOrNo(key, text),
        [nameof(PasswindowOptions.MaxConnectionsPerProvider)] = static (options, key, text) => options.MaxConnectionsPerProvider = Number(key, text),
    };

    /// <summary>The names of the settings that are one value; <c>Providers</c> and <c>Mcp</c> are sections of their own.</summary>
    public static IEnumerable<string> Names => Settings.Keys;

    public void Configure(PasswindowOptions options)
    {
        foreach (var setting in configuration.GetSection("Passwindow").GetChildren())
        {
            string key = $"Passwindow:{setting.Key}";
            if (setting.Key.Equals(nameof(options.Providers), StringComparison.OrdinalIgnoreCase))
                ReadProviders(options, setting);
            else if (setting.Key.Equals(nameof(options.Mcp), StringComparison.OrdinalIgnoreCase))
                ReadMcpServers(options, setting);
            else if (!Settings.TryGetValue(setting.Key, out var apply))
                throw Wrong($"There is no setting {key}. The settings are {string.Join(", ", Settings.Keys)}, Providers and Mcp.");
            else
                apply(options, key, setting.Value ?? throw Wrong($"{key} must be one value."));
        }
    }

    private static void ReadProviders(PasswindowOptions options, IConfigurationSection providers)
    {
        foreach (var section in providers.GetChildren())
        {
            var provider = new ProviderOptions();
            foreach (var setting in section.GetChildren())
            {
                switch (setting.Key.ToUpperInvariant())
                {
                    case "TYPE":
                        provider.Type = setting.Value;
                        break;
                    case "BASEURL":
                        provider.BaseUrl = setting.Value;
                        break;
                    case "APIKEY":
                        provider.ApiKey = setting.Value;
                        break;
                    case "MODELS":
                        foreach (string model in Several(setting))
                            provider.Models.Add(model);
                        break;
                    case "CANCONTINUE":
                        provider.CanContinue = YesOrNo(setting.Path, setting.Value ?? "");
                        break;
                    default:
                        throw Wrong($"There is no setting {setting.Path}. A provider has Type, BaseUrl, ApiKey, Models and CanContinue.");
                }
            }

            options.Providers[section.Key] = provider;
        }
    }

    private static void ReadMcpServers(PasswindowOptions options, IConfigurationSection servers)
    {
        foreach (var section in servers.GetChildren())
        {
            var server = new McpServerOptions();
            foreach (var setting in section.GetChildren())
            {
                switch (setting.Key.ToUpperInvariant())
                {
                    case "COMMAND":
                        server.Command = setting.Value;
                        break;
                    case "ARGS":
                        foreach (var argument in setting.GetChildren())
                            server.Args.Add(argument.Value ?? "");
                        break;
                    case "URL":
                        server.Url = setting.Value;
                        break;
                    case "ENV":
                        foreach (var variable in setting.GetChildren())
                            server.Env[variable.Key] = variable.Value ?? "";
                        break;
                    case "REQUIRESAPPROVAL":
                        foreach (string tool in Several(setting))
                            server.RequiresApproval.Add(tool);
                        break;
                    default:
                        throw Wrong($"There is no setting {setting.Path}. An MCP server has Command, Args, Url, Env and RequiresApproval.");
                }
            }

            options.Mcp[section.Key] = server;
        }
    }

    // A list in JSON, or one value with commas, as an environment variable must be.
    private static IEnumerable<string> Several(IConfigurationSection setting) =>
        setting.Value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        ?? setting.GetChildren().Select(static each => each.Value ?? "").Where(static name => name.Length > 0);

    private static TimeSpan Time(string key, string text) =>
        Duration.TryParse(text, out var duration) ? duration : throw Wrong($"{key} is '{text}'; it must be a duration such as 15 (seconds), 250ms, 2m, 1h, 30d or infinite.");

    private static int Number(string key, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Wrong($"{key} is '{text}'; it must be a whole number.");

    private static bool YesOrNo(string key, string text) => bool.TryParse(text, out bool value) ? value : throw Wrong($"{key} is '{text}'; it must be true or false.");

    private static T Word<T>(string key, string text)
        where T : struct, Enum =>
        Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw Wrong($"{key} is '{text}'; it must be one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.");

    private static OptionsValidationException Wrong(string message) => new(nameof(PasswindowOptions), typeof(PasswindowOptions), [message]);
}
