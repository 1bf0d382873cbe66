using System.Globalization;
using System.Text;

namespace Passwindow.Bench.Relay;

/// <summary>The report as Markdown.</summary>
internal static class RelayReport
{
    public static string Write(RelayRun run, IReadOnlyList<Section> sections, TimeSpan took)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # The whole server beside a byte relay

            ```bash
            dotnet run -c Release --project bench/Passwindow.Bench -- relay --report docs/benchmarks/relay.md   # --quick: less than a minute
            ```

            {DateTime.UtcNow:d MMMM yyyy}, commit {Machine.Commit()}; {Machine.Describe()}; load average at each round's start: {string.Join(", ", run.Loads)}. It took {took.TotalMinutes:F0} minutes.
            Median (least–most) of {run.Loads.Count} rounds; a ratio is taken within its round.


            """);
        foreach (var section in sections)
            text.Append(CultureInfo.InvariantCulture, $"## {section.Title}\n\n{run.Figures.ToMarkdown(section)}\n");
        if (run.Figures.Faults.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"## What went wrong\n\n{string.Concat(run.Figures.Faults.Select(static fault => $"- {fault}\n"))}");
        return text.ToString();
    }
}
