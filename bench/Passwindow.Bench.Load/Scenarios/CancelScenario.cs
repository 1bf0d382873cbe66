namespace Passwindow.Bench.Load.Scenarios;

/// <summary>While streams run, viewers close their connection in the middle, one after the other: from that to the close of the upstream's connection.</summary>
internal static class CancelScenario
{
    private const int BetweenMilliseconds = 7;

    public static LoadResult Run(Measurement measured)
    {
        var command = measured.Command;
        measured.Spread(command.Streams + command.Count, _ => measured.Start(command.Pace, tokens: 0));
        measured.WaitFor(() => measured.Audience.Viewers.All(static viewer => viewer.Received > 0 || viewer.IsOver));
        measured.Loop.RunFor(command.SettleMilliseconds);

        var took = new DelayCounts();
        int never = 0;
        measured.OpenWindow();
        foreach (var leaving in measured.Audience.Viewers.Skip(command.Streams))
        {
            long left = Wire.Loop.Now;
            leaving.Close();
            if (measured.WaitFor(() => leaving.Turn.UpstreamClosedAt > 0))
                took.Add(leaving.Turn.UpstreamClosedAt - left);
            else
                never++;
            measured.Loop.RunFor(BetweenMilliseconds);
        }

        measured.CloseWindow();
        var result = measured.Finish(took);
        return never == 0 ? result : result with { Failure = result.Failure ?? $"{never} upstreams were never closed." };
    }
}
