using Passwindow.Trials.Disks;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>
/// T5: the sync fails, at the K-th call of a thread, once or from then on, by strace; every tenth trial really, by an image that has holes on a
/// disk that is full. EINTR is no failure: the call is made again.
/// </summary>
internal static class SyncFailsTrial
{
    private const int Turns = 12;
    private static readonly string[] Errors = ["EIO", "ENOSPC", "EDQUOT", "EROFS", "EINTR"];

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T5 sync fails");
        if (Shell.Missing(root: true, "strace", "mkfs.ext4", "mount") is { } missing)
        {
            report.LeaveOut(missing);
            return report;
        }

        var gone = new List<TimeSpan>();
        int real = 0;
        for (int i = 0; i < settings.Count; i++)
        {
            bool isReal = i % 10 == 9;
            real += isReal ? 1 : 0;
            report.Count(isReal
                ? await OnAFullDiskAsync(settings, i, gone)
                : await InjectAsync(settings, i, Errors[i % Errors.Length], settings.Random.Next(10, Errors[i % Errors.Length] == "EINTR" ? 40 : 150), forEver: i / Errors.Length % 2 == 1, gone));
        }

        report.State("faults", $"{settings.Count - real} by strace ({string.Join(", ", Errors)}; once and for ever), {real} real EIO");
        report.State("upstream left after the viewer was told", gone);
        report.State("seed", $"{settings.Seed}");
        return report;
    }

    private static async Task<List<string>> InjectAsync(TrialSettings settings, int trial, string error, int call, bool forEver, List<TimeSpan> gone)
    {
        string folder = TrialSettings.MakeFolder();
        string log = Path.Combine(folder, "strace.log");
        string data = Path.Combine(folder, "data");
        bool fails = error != "EINTR";
        try
        {
            await using var load = new TrialLoad(settings.Random, $"s{trial}");
            load.Upstream.Pace = TimeSpan.FromMilliseconds(15);
            string when = forEver && fails ? $"{call}+" : $"{call}";
            string[] strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-o", log, "-e", "trace=fdatasync", "-e", $"inject=fdatasync:error={error}:when={when}"];
            var violations = new List<string>();
            await using (var server = await ServerProcess.StartAsync(data, load.Upstream.Address, strace))
            {
                var first = await load.StartTurnAsync(server.Address, 1, tokens: 2);
                await load.AllLeftAsync();
                if (!first.Viewers[0].HasEnded)
                    violations.Add("The first turn did not end.");
                await load.StartTurnsAsync(server.Address, Turns, 2, fails ? 10_000 : 60);
                if (fails)
                    violations.AddRange(await FailedJournal.CheckAsync(load, server, gone));
                else
                    await load.AllLeftAsync();
            }

            violations.AddRange(SecondSyncs(log));
            if (!File.ReadAllText(log).Contains("INJECTED", StringComparison.Ordinal))
                violations.Add("No fault was injected.");
            violations.AddRange(await FailedJournal.RestartAndJudgeAsync(load, data));
            return [.. violations.Select(violation => $"{error} at call {when}: {violation}")];
        }
        catch (TimeoutException e)
        {
            return [$"{error} at call {call}: {e.Message}"];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>After a failure a sync reports a success that is none: the file must not be synced again.</summary>
    private static IEnumerable<string> SecondSyncs(string log)
    {
        var failed = new HashSet<string>();
        foreach (string line in File.ReadLines(log))
        {
            int open = line.IndexOf('<', StringComparison.Ordinal), close = line.IndexOf('>', StringComparison.Ordinal);
            if (open < 0 || close < open || !line.Contains("fdatasync(", StringComparison.Ordinal))
                continue;
            string path = line[(open + 1)..close];
            if (failed.Contains(path))
                yield return $"T5: {path} was synced again after its sync had failed.";
            else if (line.Contains("= -1 E", StringComparison.Ordinal) && !line.Contains("EINTR", StringComparison.Ordinal))
                failed.Add(path);
        }
    }

    private static async Task<List<string>> OnAFullDiskAsync(TrialSettings settings, int trial, List<TimeSpan> gone)
    {
        await using var mounts = new Mounts();
        string memory = await mounts.MountMemoryAsync("memory", "48m");
        string image = Path.Combine(memory, "disk.img");
        await Mounts.MakeImageAsync(image, 256, "ext4");
        string inner = await mounts.MountImageAsync(image, "inner");
        string data = Path.Combine(inner, "data");
        await using var load = new TrialLoad(settings.Random, $"s{trial}") { Padding = new string('x', 400) };
        load.Upstream.Pace = TimeSpan.FromMilliseconds(5);
        List<string> violations;
        try
        {
            await using var server = await ServerProcess.StartAsync(data, load.Upstream.Address);
            await load.StartTurnAsync(server.Address, 1, tokens: 2);
            await load.AllLeftAsync();
            await load.StartTurnsAsync(server.Address, Turns, 2);
            await load.SeeAsync(200, server);
            await Shell.TryAsync("dd", "if=/dev/zero", $"of={memory}/filler", "bs=1M"); // ends when the disk is full
            violations = await FailedJournal.CheckAsync(load, server, gone);
        }
        catch (TimeoutException e)
        {
            return [$"real EIO: {e.Message}"];
        }

        File.Delete(Path.Combine(memory, "filler"));
        await mounts.UnmountAsync(inner);
        await mounts.MountImageAsync(image, "inner");
        violations.AddRange(await FailedJournal.RestartAndJudgeAsync(load, data));
        return [.. violations.Select(static violation => $"real EIO: {violation}")];
    }
}
