using Passwindow.Trials.Trials;

namespace Passwindow.Trials;

/// <summary>A few of every trial, for <c>./test</c>: enough to see that something broke, not enough to bound how rarely.</summary>
internal static class AllTrials
{
    private static readonly (int Quick, int Full, Func<TrialSettings, Task<TrialReport>> Run)[] Each =
    [
        (3, 30, KillTrial.RunAsync),
        (1, 10, KillInRecoveryTrial.RunAsync),
        (2, 10, static settings => PowerTrial.RunAsync(settings, "ext4", "fsync")),
        (0, 10, static settings => PowerTrial.RunAsync(settings, "xfs", "fsync")),
        (0, 10, static settings => PowerTrial.RunAsync(settings, "btrfs", "fsync")),
        (1, 10, SyncFailsTrial.RunAsync),
        (0, 4, DiskFullTrial.RunAsync),
        (0, 3, SlowDiskTrial.RunAsync),
        (2, 6, TwoServersTrial.RunAsync),
        (0, 2, DescriptorsTrial.RunAsync),
    ];

    /// <summary>Runs them one after the other; 0 if nothing failed. The last line counts them.</summary>
    public static async Task<int> RunAsync(bool quick, int seed)
    {
        Console.WriteLine($"seed {seed}");
        int passed = 0, failed = 0, skipped = 0;
        foreach (var (few, many, run) in Each)
        {
            int count = quick ? few : many;
            if (count == 0)
                continue;
            var report = await RunAsync(run, new TrialSettings(count, seed));
            report.Print();
            passed += report.Trials - report.Failed;
            failed += report.Failed;
            skipped += report.Missing is null ? 0 : 1;
        }

        Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed == 0 ? 0 : 1;
    }

    private static async Task<TrialReport> RunAsync(Func<TrialSettings, Task<TrialReport>> run, TrialSettings settings)
    {
        try
        {
            return await run(settings);
        }
        catch (Exception e) when (e is TrialException or TimeoutException or HttpRequestException)
        {
            var broken = new TrialReport(run.Method.DeclaringType!.Name);
            broken.Count([e.Message]);
            return broken;
        }
    }
}
