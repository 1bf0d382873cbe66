using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>T9: a second server on a folder is refused, also while the first is paused; once the first is dead the folder is free.</summary>
internal static class TwoServersTrial
{
    /// <summary>
    /// From the start of the process, so the runtime's own start is in it. On a machine so busy that an ordinary start takes longer, it may take as long as that.
    /// </summary>
    private static readonly TimeSpan RefusedWithin = TimeSpan.FromSeconds(1);

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T9 two servers");
        var refused = new List<TimeSpan>();
        var ready = new List<TimeSpan>();
        string folder = TrialSettings.MakeFolder();
        await using var load = new TrialLoad(settings.Random, "t");
        var server = await ServerProcess.StartAsync(folder, load.Upstream.Address);
        try
        {
            for (int i = 0; i < settings.Count; i++)
            {
                var violations = new List<string>();
                bool paused = i % 2 == 1;
                if (paused)
                    server.Pause();
                await using (var second = ServerProcess.Begin(folder, load.Upstream.Address))
                    violations.AddRange(await RefusedAsync(second, server, folder, refused));
                if (paused)
                    server.Resume();
                if (await load.StatusAsync(new Uri(server.Address, "readyz")) != 200)
                    violations.Add("T9: the first server was harmed.");
                await server.DisposeAsync();
                server = await ServerProcess.StartAsync(folder, load.Upstream.Address); // the lock is free, or this throws
                ready.Add(server.ReadyAfter);
                report.Count(violations);
            }
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        report.State("second refused after", refused);
        report.State("an ordinary start took", ready);
        return report;
    }

    private static async Task<List<string>> RefusedAsync(ServerProcess second, ServerProcess first, string folder, List<TimeSpan> refused)
    {
        var violations = new List<string>();
        long begun = TimeProvider.System.GetTimestamp();
        if (await second.ReadyAsync())
            return ["T9: a second server serves the same folder."];
        await second.WaitForExitAsync();
        refused.Add(TimeProvider.System.GetElapsedTime(begun));
        if (second.ExitCode == 0)
            violations.Add("T9: the second server ended with 0.");
        if (!second.Output.Contains(folder, StringComparison.Ordinal) || !second.Output.Contains($"pid {first.Id}", StringComparison.Ordinal))
            violations.Add($"T9: the message names not both the folder and the process: {second.Output}");
        if (refused[^1] > RefusedWithin && refused[^1] > first.ReadyAfter)
            violations.Add($"T9: the second server was refused after {refused[^1].TotalMilliseconds:F0} ms.");
        return violations;
    }
}
