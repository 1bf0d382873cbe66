using Passwindow.Trials.Checking;
using Passwindow.Trials.Load;
using Passwindow.Trials.Server;

namespace Passwindow.Trials.Trials;

/// <summary>What must hold once a server's journal has failed, whatever made it fail (T5 and T7).</summary>
internal static class FailedJournal
{
    /// <summary>How long an upstream may run on after a viewer was told that the journal failed, on a machine that is busy.</summary>
    private static readonly TimeSpan UpstreamGoneWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Checks the viewers, the upstream and the server, which is still there.</summary>
    /// <param name="load">The load: at its first turn's end everything was well.</param>
    /// <param name="server">The server.</param>
    /// <param name="gone">Takes how long each upstream ran on.</param>
    public static async Task<List<string>> CheckAsync(TrialLoad load, ServerProcess server, List<TimeSpan> gone)
    {
        var violations = new List<string>();
        await load.AllLeftAsync(); // every response ends by itself
        if (!load.Turns.Any(static turn => turn.Viewers.Any(IsTold)))
            violations.Add("Nothing failed, so nothing was tried.");
        foreach (var turn in load.Turns.Where(static turn => turn.Id is not null && !turn.Viewers[0].HasEnded))
        {
            if (turn.Viewers.Any(static viewer => !viewer.HasEnded && viewer.Refused is null && !IsTold(viewer)))
                violations.Add($"T5: a viewer of {turn.Nonce} was told {string.Join(' ', turn.Viewers[0].Notices)}.");
            for (int i = 0; turn.UpstreamLeftAt == 0 && turn.Requests > 0 && i < 100; i++)
                await Task.Delay(20);
            if (turn.UpstreamLeftAt == 0)
            {
                if (turn.Requests > 0 && !turn.Finished)
                    violations.Add($"T5: the upstream of {turn.Nonce} goes on.");
                continue;
            }

            var ranOn = TimeProvider.System.GetElapsedTime(turn.Viewers[0].LastAt, turn.UpstreamLeftAt);
            gone.Add(ranOn > TimeSpan.Zero ? ranOn : TimeSpan.Zero);
            if (ranOn > UpstreamGoneWithin)
                violations.Add($"T5: the upstream of {turn.Nonce} was left {ranOn.TotalMilliseconds:F0} ms after the viewer was told.");
        }

        if (await load.StatusAsync(new Uri(server.Address, "readyz")) is var ready and not 503)
            violations.Add($"T5: /readyz says {ready}.");
        if (await load.StatusAsync(new Uri(server.Address, "chat"), HttpMethod.Post, """{"message":"never"}""") is var begun and not 503)
            violations.Add($"T5: a new turn is answered {begun}.");
        if (await load.StatusAsync(new Uri(server.Address, $"chat/turns/{load.Turns[0].Id}/events")) is var read and not 200)
            violations.Add($"T5: committed events are answered {read}.");
        return violations;
    }

    /// <summary>Starts again without the fault, has the viewers come back, and judges.</summary>
    public static async Task<List<string>> RestartAndJudgeAsync(TrialLoad load, string folder)
    {
        await using (var server = await ServerProcess.StartAsync(folder, load.Upstream.Address))
            await load.ComeBackAsync(server.Address);
        return Judge(load, folder);
    }

    public static List<string> Judge(TrialLoad load, string folder)
    {
        var judge = new HistoryJudge(JournalFolder.Read(folder, load.Turns.Select(static turn => turn.Conversation)));
        foreach (var turn in load.Turns)
            judge.Judge(turn);
        return [.. judge.Violations];
    }

    // contract, promise 1: "If the append fails, the event is not shown: the viewer gets `error` `journal_unavailable`".
    private static bool IsTold(TrialViewer viewer) =>
        viewer.Notices is [.., var error, var done]
        && error.Contains("\"journal_unavailable\"", StringComparison.Ordinal)
        && done.Contains("\"finish_reason\":\"error\"", StringComparison.Ordinal);
}
