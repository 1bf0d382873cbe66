namespace Passwindow.Bench.Load.Scenarios;

/// <summary>Streams at one pace, with more viewers each if asked for, and a window in which they are measured.</summary>
internal static class StreamsScenario
{
    public static LoadResult Run(Measurement measured)
    {
        var command = measured.Command;
        measured.Spread(command.Streams, _ => measured.Start(command.Pace, command.Tokens));
        bool runs = measured.WaitFor(() => measured.Audience.Viewers.All(static viewer => viewer.Received > 0 || viewer.IsOver));
        if (command.ViewersEach > 0)
        {
            var started = measured.Audience.Viewers.Where(static viewer => viewer.TurnId is not null).ToList();
            measured.Spread(started.Count * command.ViewersEach, i => measured.Audience.Watch(started[i % started.Count].Turn, started[i % started.Count].TurnId!));
            runs &= measured.WaitFor(() => measured.Audience.Viewers.All(static viewer => viewer.Received > 0 || viewer.IsOver));
        }

        measured.Loop.RunFor(command.SettleMilliseconds);
        measured.OpenWindow();
        measured.Loop.RunFor(command.WindowMilliseconds);
        measured.CloseWindow();
        var result = measured.Finish();
        return runs ? result : result with { Failure = result.Failure ?? "Some streams had no first token." };
    }
}
