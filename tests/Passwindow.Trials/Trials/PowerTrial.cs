using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Journal.Files;
using Passwindow.Trials.Checking;
using Passwindow.Trials.Disks;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>
/// T3: power cuts. The server runs on a file system inside an image on an XFS that can share blocks; a copy of the image by reference is what
/// the disk held at that moment, without the page cache. Each copy is mounted and recovered: every event that a viewer was shown before the
/// copy began must be there.
/// </summary>
internal static class PowerTrial
{
    private const int CutsPerRound = 25;
    private const int Turns = 12;
    private const int Viewers = 2;
    private const int EventsBeforeTheFirstCut = 200; // a cut before anything was shown proves nothing

    public static async Task<TrialReport> RunAsync(TrialSettings settings, string fileSystem, string durability)
    {
        var report = new TrialReport($"T3 power cut on {fileSystem}{(durability == "fsync" ? "" : $", durability {durability}")}");
        if (Shell.Missing(root: true, "mkfs.xfs", $"mkfs.{fileSystem}", "mount") is { } missing)
        {
            report.LeaveOut(missing);
            return report;
        }

        var cutting = new List<TimeSpan>();
        int compared = 0;
        while (report.Trials < settings.Count)
            compared += await RunRoundAsync(settings, fileSystem, durability, report, cutting);
        report.State("turns and viewers", $"{Turns} turns with {Viewers} viewers each at any time, a token every 15 ms a turn");
        report.State("events compared", $"{compared:N0}");
        report.State("one cut took", cutting);
        report.State("seed", $"{settings.Seed}");
        return report;
    }

    private static async Task<int> RunRoundAsync(TrialSettings settings, string fileSystem, string durability, TrialReport report, List<TimeSpan> cutting)
    {
        await using var mounts = new Mounts();
        await Mounts.MakeImageAsync(mounts.At("outer.img"), 4096, "xfs");
        string outer = await mounts.MountImageAsync(mounts.At("outer.img"), "outer");
        string image = Path.Combine(outer, "disk.img");
        await Mounts.MakeImageAsync(image, 320, fileSystem);
        string inner = await mounts.MountImageAsync(image, "inner");

        await using var load = new TrialLoad(settings.Random, $"p{report.Trials}");
        load.Upstream.Pace = TimeSpan.FromMilliseconds(15);
        int cuts = Math.Min(CutsPerRound, settings.Count - report.Trials);
        var begun = new List<long>();
        await using (var server = await ServerProcess.StartAsync(Path.Combine(inner, "data"), load.Upstream.Address, null, $"--Passwindow:Durability={durability}"))
        {
            using var over = new CancellationTokenSource();
            var running = Task.WhenAll(Enumerable.Range(0, Turns).Select(_ => TurnAfterTurnAsync(load, server, settings.Random, over.Token)));
            await load.SeeAsync(EventsBeforeTheFirstCut, server);
            for (int cut = 0; cut < cuts; cut++)
            {
                await Task.Delay(settings.Random.Next(0, 90));
                long start = TimeProvider.System.GetTimestamp();
                begun.Add(start);
                await Shell.RunAsync("cp", "--reflink=always", image, Path.Combine(outer, $"cut{cut}.img"));
                cutting.Add(TimeProvider.System.GetElapsedTime(start));
            }

            await over.CancelAsync();
            await server.KillAsync();
            await running;
        }

        await load.AllLeftAsync();
        await mounts.UnmountAsync(inner);
        int compared = 0;
        for (int cut = 0; cut < cuts; cut++)
        {
            string copy = Path.Combine(outer, $"cut{cut}.img");
            string restored = await mounts.MountImageAsync(copy, "cut");
            compared += await RecoverAndJudgeAsync(Path.Combine(restored, "data"), load, begun[cut], report);
            await mounts.UnmountAsync(restored);
            File.Delete(copy);
        }

        return compared;
    }

    private static async Task TurnAfterTurnAsync(TrialLoad load, ServerProcess server, Random random, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var turn = await load.StartTurnAsync(server.Address, Viewers, random.Next(1, 60));
            while (!over.IsCancellationRequested && !turn.Viewers[0].HasEnded && turn.Id is not null)
                await Task.Delay(5, CancellationToken.None);
        }
    }

    private static async Task<int> RecoverAndJudgeAsync(string folder, TrialLoad load, long before, TrialReport report)
    {
        var turns = load.Turns;
        var violations = new List<string>();
        Dictionary<string, List<string>> kept = [];
        try
        {
            await RecoverAsync(folder);
            kept = JournalFolder.Read(folder, turns.Select(static turn => turn.Conversation));
            await RecoverAsync(folder);
            var again = JournalFolder.Read(folder, turns.Select(static turn => turn.Conversation));
            if (kept.Count != again.Count || kept.Any(each => !again[each.Key].SequenceEqual(each.Value)))
                violations.Add("I12: a second recovery changed something.");
        }
        catch (Exception e) when (e is not TrialException)
        {
            violations.Add($"The journal does not open: {e.Message}");
        }

        var judge = new HistoryJudge(kept);
        foreach (var turn in turns)
            judge.Judge(turn, before, toTheEnd: false);
        report.Count([.. violations, .. judge.Violations]);
        return judge.Compared;
    }

    private static async Task RecoverAsync(string folder) =>
        await FileJournal.Open(new FileJournalSettings(folder, Durability.Fsync), TimeProvider.System, NullLogger<FileJournal>.Instance).DisposeAsync();
}
