using Microsoft.Extensions.Options;
using Passwindow.Protocol;

namespace Passwindow.Hosting;

/// <summary>Checks the settings when the server starts: a wrong one is named, and nothing is served.</summary>
internal sealed class ValidateOptions : IValidateOptions<PasswindowOptions>
{
    public ValidateOptionsResult Validate(string? name, PasswindowOptions options)
    {
        var wrong = new List<string>();
        Least(options.MaxTurns, 1, nameof(options.MaxTurns));
        Least(options.MaxToolRounds, 1, nameof(options.MaxToolRounds));
        Least(options.MaxMessageBytes, 1, nameof(options.MaxMessageBytes));
        Least(options.MaxHistoryBytes, 1, nameof(options.MaxHistoryBytes));
        Least(options.MaxAnswerBytes, 1, nameof(options.MaxAnswerBytes));
        if (options.HeartbeatSeconds is < 1 or > 45)
            wrong.Add("Passwindow:HeartbeatSeconds must be from 1 to 45: proxies cut a silent response at 50 to 60 seconds.");
        if (options.UpstreamRetries is < 0 or > 5)
            wrong.Add("Passwindow:UpstreamRetries must be from 0 to 5.");
        Positive(options.FirstTokenTimeout, nameof(options.FirstTokenTimeout));
        Positive(options.TokenTimeout, nameof(options.TokenTimeout));
        Positive(options.TurnTimeout, nameof(options.TurnTimeout));
        Positive(options.Retention, nameof(options.Retention));
        Positive(options.UnlistedRetention, nameof(options.UnlistedRetention));
        Positive(options.ToolTimeout, nameof(options.ToolTimeout));
        Positive(options.ApprovalTimeout, nameof(options.ApprovalTimeout));
        foreach (var (server, settings) in options.Mcp)
        {
            if (!Identifier.IsValid(server))
                wrong.Add($"The name of the MCP server '{server}' must be 1 to 64 characters of A-Z a-z 0-9 _ -.");
            if (string.IsNullOrWhiteSpace(settings.Command) == string.IsNullOrWhiteSpace(settings.Url))
                wrong.Add($"Passwindow:Mcp:{server} must have either Command or Url.");
            else if (settings.Url is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
                wrong.Add($"Passwindow:Mcp:{server}:Url must be an http or https address.");
        }

        if (options.Linger < TimeSpan.Zero && options.Linger != Timeout.InfiniteTimeSpan)
            wrong.Add("Passwindow:Linger must not be negative.");
        if (string.IsNullOrWhiteSpace(options.Journal))
            wrong.Add("Passwindow:Journal must name a folder.");
        else if (options.Journal.Contains("://", StringComparison.Ordinal) || options.Journal.Contains("Host=", StringComparison.OrdinalIgnoreCase))
            wrong.Add("Passwindow:Journal must name a folder: this version has no journal on a database.");
        return wrong.Count > 0 ? ValidateOptionsResult.Fail(wrong) : ValidateOptionsResult.Success;

        void Least(int value, int least, string setting)
        {
            if (value < least)
                wrong.Add($"Passwindow:{setting} must be at least {least}.");
        }

        void Positive(TimeSpan value, string setting)
        {
            if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
                wrong.Add($"Passwindow:{setting} must be more than 0, or infinite.");
        }
    }
}
