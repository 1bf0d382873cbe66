using Passwindow.Trials.Checking;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>
/// T2: after a kill the next server is killed too, inside its recovery, up to five times in a row; then one may start. Half the kills come at
/// any moment of the start, half within 40 ms after the folder's lock was taken, which is when recovery begins.
/// </summary>
internal static class KillInRecoveryTrial
{
    private const int MostInARow = 5;
    private const int TrialsPerFolder = 20;

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T2 kill in recovery");
        var hits = new int[3];
        while (report.Trials < settings.Count)
            await RunFolderAsync(settings, report, hits);
        report.State("kills", $"{hits.Sum()}: {hits[0]} before the folder was locked, {hits[1]} inside recovery, {hits[2]} after it");
        report.State("seed", $"{settings.Seed}");
        return report;
    }

    private static async Task RunFolderAsync(TrialSettings settings, TrialReport report, int[] hits)
    {
        string folder = TrialSettings.MakeFolder();
        ServerProcess? server = null;
        try
        {
            await using var load = new TrialLoad(settings.Random, $"r{report.Trials}");
            server = await ServerProcess.StartAsync(folder, load.Upstream.Address);
            for (int i = 0; i < TrialsPerFolder && report.Trials < settings.Count; i++)
            {
                int before = load.Turns.Count;
                await KillTrial.KillInTheMiddleAsync(settings.Random, load, server, turns: 12, viewers: 2);
                await server.DisposeAsync();
                await load.AllLeftAsync();
                for (int kill = settings.Random.Next(1, MostInARow + 1); kill > 0; kill--)
                    hits[(int)await KillStartingAsync(settings.Random, folder, load.Upstream.Address)]++;

                server = await ServerProcess.StartAsync(folder, load.Upstream.Address);
                var turns = load.Turns.Skip(before).ToList();
                await load.ComeBackAsync(server.Address);
                var judge = new HistoryJudge(JournalFolder.Read(folder, turns.Select(static turn => turn.Conversation)));
                foreach (var turn in turns)
                    judge.Judge(turn);
                report.Count(judge.Violations);
            }
        }
        finally
        {
            if (server is not null)
                await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private enum Moment
    {
        BeforeLock,
        Inside,
        After,
    }

    private static async Task<Moment> KillStartingAsync(Random random, string folder, Uri upstream)
    {
        var before = WriteAheadFiles(folder);
        await using var server = ServerProcess.Begin(folder, upstream);
        if (random.Next(2) == 0)
        {
            await Task.Delay(random.Next(0, 600));
        }
        else
        {
            while (!HasLocked(folder, server.Id) && !server.HasExited)
                await Task.Delay(1);
            await Task.Delay(random.Next(0, 40));
        }

        await server.KillAsync();
        if (!HasLocked(folder, server.Id))
            return Moment.BeforeLock;
        return WriteAheadFiles(folder).IsSupersetOf(before) ? Moment.Inside : Moment.After;
    }

    private static HashSet<string> WriteAheadFiles(string folder) => [.. Directory.GetFiles(Path.Combine(folder, "wal"))];

    private static bool HasLocked(string folder, int id)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "lock.pid")).Trim() == $"{id}";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
