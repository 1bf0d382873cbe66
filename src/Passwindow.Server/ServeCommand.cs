using System.CommandLine;
using Microsoft.Extensions.Options;
using Passwindow.Journal;

namespace Passwindow.Server;

/// <summary>
/// <c>passwindow serve</c>. Every setting can be given as an argument (<c>--Passwindow:Linger=0</c>, <c>--urls http://127.0.0.1:8080</c>):
/// what follows the command goes to the host as it stands.
/// </summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Serves the chat API and the chat page, by default on http://127.0.0.1:5280.")
        {
            TreatUnmatchedTokensAsErrors = false, // they are configuration
        };
        command.SetAction(static (parsed, cancellation) => RunAsync([.. parsed.UnmatchedTokens], cancellation));
        return command;
    }

    /// <summary>Whether the command was left out: no arguments, or settings only.</summary>
    public static bool IsImplied(string[] args) => args is [] || (args[0].StartsWith("--", StringComparison.Ordinal) && args[0] is not ("--help" or "--version"));

    private static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        if (KestrelLimits.Refusal() is { } refusal)
        {
            await Console.Error.WriteLineAsync($"passwindow: {refusal}");
            return 1;
        }

        try
        {
            await using var app = ServerApp.Create(args);
            app.Lifetime.ApplicationStarted.Register(() => Announcement.Write(app));
            await app.RunAsync(cancellation);
            return 0;
        }
        catch (Exception e) when (e is OptionsValidationException or JournalUnavailableException or JournalDamagedException or IOException)
        {
            await Console.Error.WriteLineAsync($"passwindow: {e.Message}");
            return 1;
        }
    }
}
