using Passwindow.Trials.Disks;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>
/// T7: the disk becomes full. Odd trials: a disk in memory of 1 MB, which then grows, and the journal must open again by itself. Even ones: an
/// ext4 of 8 MB, where room is made only for a restart.
/// </summary>
internal static class DiskFullTrial
{
    private const int Turns = 12;
    private static readonly TimeSpan ReopenWithin = TimeSpan.FromSeconds(5);

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T7 disk full");
        if (Shell.Missing(root: true, "mkfs.ext4", "mount") is { } missing)
        {
            report.LeaveOut(missing);
            return report;
        }

        var gone = new List<TimeSpan>();
        var reopened = new List<TimeSpan>();
        for (int i = 0; i < settings.Count; i++)
        {
            try
            {
                report.Count(i % 2 == 0 ? await InMemoryAsync(settings, i, gone, reopened) : await OnExt4Async(settings, i, gone));
            }
            catch (Exception e) when (e is TimeoutException or TrialException)
            {
                report.Count([e.Message]);
            }
        }

        report.State("disks", "tmpfs of 1 MB and ext4 of 8 MB in turn; 12 turns with 2 viewers each, tokens of 1 KB");
        report.State("upstream left after the viewer was told", gone);
        report.State("open again after there was room", reopened);
        report.State("seed", $"{settings.Seed}");
        return report;
    }

    private static async Task<List<string>> InMemoryAsync(TrialSettings settings, int trial, List<TimeSpan> gone, List<TimeSpan> reopened)
    {
        await using var mounts = new Mounts();
        string disk = await mounts.MountMemoryAsync("memory", "1m");
        string data = Path.Combine(disk, "data");
        await using var load = Load(settings, trial);
        List<string> violations;
        await using (var server = await ServerProcess.StartAsync(data, load.Upstream.Address))
        {
            violations = await FillAsync(load, server, gone);
            await Shell.RunAsync("mount", "-o", "remount,size=128m", disk);
            long room = TimeProvider.System.GetTimestamp();
            while (await load.StatusAsync(new Uri(server.Address, "readyz")) != 200 && TimeProvider.System.GetElapsedTime(room) < ReopenWithin)
                await Task.Delay(20);
            reopened.Add(TimeProvider.System.GetElapsedTime(room));
            if (reopened[^1] >= ReopenWithin)
                violations.Add($"T7: with room it was not open again within {ReopenWithin.TotalSeconds} s. {server.Output}");
            await load.StartTurnAsync(server.Address, 2, tokens: 5);
            await load.AllLeftAsync();
            await load.ComeBackAsync(server.Address); // to the turns that failed, which are ended now
        }

        violations.AddRange(await FailedJournal.RestartAndJudgeAsync(load, data));
        return violations;
    }

    private static async Task<List<string>> OnExt4Async(TrialSettings settings, int trial, List<TimeSpan> gone)
    {
        await using var mounts = new Mounts();
        await Mounts.MakeImageAsync(mounts.At("disk.img"), 8, "ext4");
        string disk = await mounts.MountImageAsync(mounts.At("disk.img"), "inner");
        string data = Path.Combine(disk, "data");
        string filler = Path.Combine(disk, "filler");
        await File.WriteAllBytesAsync(filler, new byte[4 * 1024 * 1024]);
        await using var load = Load(settings, trial);
        List<string> violations;
        await using (var server = await ServerProcess.StartAsync(data, load.Upstream.Address))
            violations = await FillAsync(load, server, gone);
        File.Delete(filler);
        violations.AddRange(await FailedJournal.RestartAndJudgeAsync(load, data));
        return violations;
    }

    private static TrialLoad Load(TrialSettings settings, int trial)
    {
        var load = new TrialLoad(settings.Random, $"f{trial}") { Padding = new string('x', 1_000) };
        load.Upstream.Pace = TimeSpan.FromMilliseconds(10);
        return load;
    }

    private static async Task<List<string>> FillAsync(TrialLoad load, ServerProcess server, List<TimeSpan> gone)
    {
        await load.StartTurnAsync(server.Address, 1, tokens: 2);
        await load.AllLeftAsync();
        await load.StartTurnsAsync(server.Address, Turns, 2);
        return await FailedJournal.CheckAsync(load, server, gone);
    }
}
