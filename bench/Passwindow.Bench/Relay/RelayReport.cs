using System.Globalization;
using System.Text;

namespace Passwindow.Bench.Relay;

/// <summary>The report as Markdown.</summary>
internal static class RelayReport
{
    private const string Begin = "<!-- figures: written by the command -->";
    private const string End = "<!-- /figures -->";

    /// <summary>Puts the figures into the report, between its marks if it is there; what people wrote around them stays.</summary>
    public static async Task WriteAsync(FileInfo file, string figures, CancellationToken cancellation)
    {
        string old = file.Exists ? await File.ReadAllTextAsync(file.FullName, cancellation) : "";
        int from = old.IndexOf(Begin, StringComparison.Ordinal);
        int to = old.IndexOf(End, StringComparison.Ordinal);
        string text = from >= 0 && to > from
            ? $"{old[..from]}{Begin}\n\n{figures}\n{old[to..]}"
            : $"# The whole server beside a byte relay\n\n{Begin}\n\n{figures}\n{End}\n";
        await File.WriteAllTextAsync(file.FullName, text, cancellation);
    }

    public static string Figures(RelayRun run, IReadOnlyList<Section> sections, TimeSpan took)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            {DateTime.UtcNow:d MMMM yyyy}, commit {Machine.Commit()}; {Machine.Describe()}; load average at each round's start: {string.Join(", ", run.Loads)}. It took {took.TotalMinutes:F0} minutes.
            Median (least–most) of {run.Loads.Count} rounds; a ratio is the median of the rounds' ratios.


            """);
        if (run.Loads.Any(Machine.IsBusy))
            text.Append("**Others used the machine meanwhile.** Delays are theirs as well, and a backlog makes batches, which cost less a token: these figures are for comparing within a round, not for keeping.\n\n");
        if (new Targets(run.Figures).ToMarkdown() is { Length: > 0 } targets)
            text.Append(CultureInfo.InvariantCulture, $"{targets}\n");
        foreach (var section in sections)
            text.Append(CultureInfo.InvariantCulture, $"### {section.Title}\n\n{run.Figures.ToMarkdown(section)}\n");
        if (run.Figures.Faults.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"### What went wrong\n\n{string.Concat(run.Figures.Faults.Select(static fault => $"- {fault}\n"))}");
        return text.ToString().TrimEnd() + "\n";
    }
}
