using System.Diagnostics;
using System.Text.Json;
using Passwindow.Testing.Fixtures;
using Passwindow.Testing.Node;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>
/// Runs a script of <c>tests/npm-clients</c>: a client as it comes from npm, unchanged, that speaks to a server and prints one JSON document.
/// </summary>
internal static class NodeClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Source = FixtureFolder.PathOf("..", "npm-clients");
    private static readonly Lazy<(NodePackages Packages, string Scripts)?> Installed = new(static () => NodePackages.Install(Source) is { } packages ? (packages, packages.Bring(Source)) : null);

    /// <summary>Runs <c>node SCRIPT ADDRESS ARGUMENTS…</c> and gives what it printed.</summary>
    /// <param name="script">The script, relative to <c>tests/npm-clients</c>.</param>
    /// <param name="address">The server's address, without a slash at the end.</param>
    /// <param name="arguments">What else the script asks for.</param>
    /// <exception cref="InvalidOperationException">It ended with an error, which is the message.</exception>
    public static async Task<JsonElement> RunAsync(string script, Uri address, params IEnumerable<string> arguments)
    {
        Assert.SkipWhen(Installed.Value is null, "node or npm is not installed.");
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("node", [script, address.ToString().TrimEnd('/'), .. arguments])
            {
                WorkingDirectory = Installed.Value!.Value.Scripts,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var said = process.StandardOutput.ReadToEndAsync();
        var failed = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{script} did not end. It said: {await said}{await failed}");
        }

        return process.ExitCode == 0 ? JsonElement.Parse(await said) : throw new InvalidOperationException($"{script} failed: {await failed}");
    }
}
