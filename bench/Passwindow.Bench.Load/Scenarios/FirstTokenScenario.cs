namespace Passwindow.Bench.Load.Scenarios;

/// <summary>
/// While streams run, single turns are started, one after the other: from the request's last byte to the viewer's first token, less what the provider took
/// from its request to its token.
/// </summary>
internal static class FirstTokenScenario
{
    private const int BetweenMilliseconds = 10;

    public static LoadResult Run(Measurement measured)
    {
        var command = measured.Command;
        measured.Spread(command.Streams, _ => measured.Start(command.Pace, tokens: 0));
        measured.WaitFor(() => measured.Audience.Viewers.All(static viewer => viewer.Received > 0 || viewer.IsOver));
        measured.Loop.RunFor(command.SettleMilliseconds);

        var added = new DelayCounts();
        int failed = 0;
        measured.OpenWindow();
        for (int i = 0; i < command.Count; i++)
        {
            var probe = measured.Start(Pace.FlatOut, tokens: 1);
            if (measured.WaitFor(() => probe.IsOver) && probe.FirstTokenAt > 0)
                added.Add(probe.FirstTokenAt - probe.RequestedAt - (probe.Turn.FirstTokenAt - probe.Turn.AskedAt));
            else
                failed++;
            measured.Loop.RunFor(BetweenMilliseconds);
        }

        measured.CloseWindow();
        var result = measured.Finish(added);
        return failed == 0 ? result : result with { Failure = result.Failure ?? $"{failed} turns had no first token." };
    }
}
