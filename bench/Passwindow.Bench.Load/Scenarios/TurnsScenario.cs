using Passwindow.Bench.Load.Viewers;

namespace Passwindow.Bench.Load.Scenarios;

/// <summary>Turns of a given length one after the other on each stream, as fast as they go: what does a token cost, its share of the turn's beginning and end included?</summary>
internal static class TurnsScenario
{
    public static LoadResult Run(Measurement measured)
    {
        var command = measured.Command;
        measured.OpenWindow();
        int left = command.Count;
        var running = new ViewerConnection?[command.Streams];
        bool all = measured.WaitFor(() =>
        {
            bool anyRuns = false;
            for (int i = 0; i < running.Length; i++)
            {
                if (running[i] is not { IsOpen: true } && left > 0)
                {
                    left--;
                    running[i] = measured.Start(command.Pace, command.Tokens);
                }

                anyRuns |= running[i] is { IsOpen: true };
            }

            return !anyRuns;
        });
        measured.CloseWindow();
        var result = measured.Finish();
        return all ? result : result with { Failure = result.Failure ?? "Not all turns ended in time." };
    }
}
