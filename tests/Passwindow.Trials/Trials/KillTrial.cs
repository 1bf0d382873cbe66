using Passwindow.Trials.Checking;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>
/// T1: the server is killed in the middle of its turns and started again on the same folder; the viewers come back with the last id they saw.
/// The next server is the one that is killed next. It proves nothing about syncs: the page cache survives.
/// </summary>
internal static class KillTrial
{
    private const int Turns = 20;
    private const int Viewers = 3;
    private const int KillsPerFolder = 25;

    public static async Task<TrialReport> RunAsync(TrialSettings settings)
    {
        var report = new TrialReport("T1 kill");
        var ready = new List<TimeSpan>();
        int compared = 0;
        while (report.Trials < settings.Count)
            compared += await RunFolderAsync(settings, report, ready);
        report.State("turns and viewers", $"{Turns} turns with {Viewers} viewers each, killed up to 0.9 s after the first event was shown; one in three ends by itself, one in ten is stopped");
        report.State("restart to ready", ready);
        report.State("events compared", $"{compared:N0}");
        report.State("seed", $"{settings.Seed}");
        return report;
    }

    private static async Task<int> RunFolderAsync(TrialSettings settings, TrialReport report, List<TimeSpan> ready)
    {
        string folder = TrialSettings.MakeFolder();
        var loads = new List<TrialLoad>();
        var conversations = new List<string>();
        var first = new Dictionary<string, List<string>>();
        int compared = 0;
        ServerProcess? server = null;
        try
        {
            await using var upstreamOfAll = new TrialLoad(settings.Random, $"n{report.Trials}");
            server = await ServerProcess.StartAsync(folder, upstreamOfAll.Upstream.Address);
            for (int i = 0; i < KillsPerFolder && report.Trials < settings.Count; i++)
            {
                int before = upstreamOfAll.Turns.Count;
                await KillInTheMiddleAsync(settings.Random, upstreamOfAll, server);
                await server.DisposeAsync();
                await upstreamOfAll.AllLeftAsync();
                server = await ServerProcess.StartAsync(folder, upstreamOfAll.Upstream.Address);
                ready.Add(server.ReadyAfter);
                var turns = upstreamOfAll.Turns.Skip(before).ToList();
                await Task.WhenAll(turns.Where(static turn => turn.Id is not null).SelectMany(static turn => turn.Viewers)
                    .Where(static viewer => !viewer.HasEnded).Select(viewer => viewer.FollowAsync(server.Address))).WaitAsync(TimeSpan.FromSeconds(60));

                var kept = JournalFolder.Read(folder, turns.Select(static turn => turn.Conversation));
                foreach (var (turn, events) in kept)
                    first[turn] = events;
                conversations.AddRange(turns.Select(static turn => turn.Conversation));
                var judge = new HistoryJudge(kept);
                foreach (var turn in turns)
                    judge.Judge(turn);
                compared += judge.Compared;
                report.Count([.. judge.Violations, .. Recovered(server.Output)]);
            }

            // I12: what the recoveries after it did to a turn that had ended.
            var last = JournalFolder.Read(folder, conversations);
            var changed = first.Where(each => !last.TryGetValue(each.Key, out var events) || !events.SequenceEqual(each.Value)).Select(static each => $"I12: turn {each.Key} changed after it was recovered.").ToList();
            if (changed.Count > 0)
                report.Count(changed);
        }
        finally
        {
            if (server is not null)
                await server.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        return compared;
    }

    /// <summary>I12: recovery says in one line what it did.</summary>
    public static IEnumerable<string> Recovered(string output)
    {
        int lines = output.Split('\n').Count(static line => line.Contains("Recovered the journal", StringComparison.Ordinal));
        if (lines != 1)
            yield return $"I12: recovery wrote {lines} lines. {output}";
    }

    public static async Task KillInTheMiddleAsync(Random random, TrialLoad load, ServerProcess server, int turns = Turns, int viewers = Viewers)
    {
        int before = load.Turns.Count, seen = load.SeenCount;
        var starting = load.StartTurnsAsync(server.Address, turns, viewers);
        await load.SeeAsync(seen + 1, server); // a kill before anything was shown proves nothing
        var moment = Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 900)));
        await Task.WhenAny(moment, starting);
        var stops = new List<Task>();
        if (!moment.IsCompleted)
        {
            await Task.WhenAny(moment, Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 800))));
            stops.AddRange(load.Turns.Skip(before).Where((turn, i) => i % 10 == 1 && turn.Id is not null).Select(turn => load.StopAsync(server.Address, turn)));
        }

        await moment;
        await server.KillAsync();
        await starting;
        await Task.WhenAll(stops);
    }
}
