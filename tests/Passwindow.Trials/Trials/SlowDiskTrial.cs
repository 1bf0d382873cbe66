using Passwindow.Trials.Disks;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>T8: syncs take 50 ms, 500 ms, or one of them 10 s. Tokens come late and are never lost, and heartbeats go on.</summary>
internal static class SlowDiskTrial
{
    private const int Turns = 12;
    private const int Tokens = 100;
    private const int MaxGrowthMegabytes = 64;

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T8 slow disk");
        if (Shell.Missing(root: false, "strace") is { } missing)
        {
            report.LeaveOut(missing);
            return report;
        }

        int growth = 0;
        for (int i = 0; i < settings.Count; i++)
        {
            var (violations, grown) = await RunOneAsync(settings, i);
            report.Count(violations);
            growth = Math.Max(growth, grown);
        }

        report.State("delays", "every sync by 50 ms, every sync by 500 ms, one sync by 10 s, in turn");
        report.State("turns and viewers", $"{Turns} turns of up to {Tokens} tokens with 2 viewers each, heartbeats after 1 s");
        report.State("most growth of the server's memory", $"{growth} MiB");
        report.State("seed", $"{settings.Seed}");
        return report;
    }

    private static async Task<(List<string> Violations, int Growth)> RunOneAsync(TrialSettings settings, int trial)
    {
        string folder = TrialSettings.MakeFolder();
        bool stall = trial % 3 == 2;
        string fault = (trial % 3) switch
        {
            0 => "delay_exit=50000",
            1 => "delay_exit=500000",
            _ => $"delay_exit=10000000:when={settings.Random.Next(20, 60)}",
        };
        try
        {
            await using var load = new TrialLoad(settings.Random, $"d{trial}");
            load.Upstream.Pace = TimeSpan.FromMilliseconds(20);
            string[] strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", $"inject=fdatasync:{fault}"];
            var violations = new List<string>();
            int grown;
            await using (var server = await ServerProcess.StartAsync(folder, load.Upstream.Address, strace, "--Passwindow:HeartbeatSeconds=1"))
            {
                int before = Megabytes(server.ServerId);
                await load.StartTurnsAsync(server.Address, Turns, 2, Tokens);
                await load.AllLeftAsync();
                grown = Megabytes(server.ServerId) - before;
                if (stall && !server.Output.Contains("has kept a commit waiting", StringComparison.Ordinal))
                    violations.Add($"T8 {fault}: the log does not say that the disk is slow.");
            }

            if (load.Turns.Any(static turn => !turn.Finished || turn.Viewers.Any(static viewer => !viewer.HasEnded)))
                violations.Add($"T8 {fault}: a turn was not shown to its end.");
            int heartbeats = load.Turns.Where(static turn => turn.Tokens == Tokens).SelectMany(static turn => turn.Viewers).Min(static viewer => viewer.Comments);
            if (stall && heartbeats < 5)
                violations.Add($"T8 {fault}: a viewer had {heartbeats} heartbeats in a stall of 10 s.");
            if (grown > MaxGrowthMegabytes)
                violations.Add($"T8 {fault}: the server grew by {grown} MiB.");
            violations.AddRange(await FailedJournal.RestartAndJudgeAsync(load, folder));
            return (violations, grown);
        }
        catch (TimeoutException e)
        {
            return ([$"T8 {fault}: {e.Message}"], 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Megabytes(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }
}
