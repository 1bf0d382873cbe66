using System.Globalization;
using System.Text;

namespace Passwindow.Trials;

/// <summary>What a trial counted: a line for the console, and a section of Markdown.</summary>
internal sealed class TrialReport(string name)
{
    /// <summary>How many failures are spelled out; the rest are counted.</summary>
    private const int MaxSpelled = 20;

    /// <summary>How long a failure may be: it may quote all that a server wrote.</summary>
    private const int MaxLength = 800;

    private readonly List<(string What, string Value)> _facts = [];
    private readonly List<string> _failures = [];
    private readonly long _begun = TimeProvider.System.GetTimestamp();

    public string Name => name;

    public int Trials { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Why it could not be run here; null if it could.</summary>
    public string? Missing { get; private set; }

    public void Count(IReadOnlyCollection<string> violations)
    {
        Trials++;
        if (violations.Count == 0)
            return;
        Failed++;
        foreach (string whole in violations.Take(5))
        {
            string violation = whole.Length <= MaxLength ? whole : $"{whole[..(MaxLength / 2)]} … {whole[^(MaxLength / 2)..]}";
            Console.WriteLine($"  trial {Trials}: {violation}");
            if (_failures.Count < MaxSpelled)
                _failures.Add($"trial {Trials}: {violation}");
        }
    }

    public void LeaveOut(string missing) => Missing = missing;

    public void State(string what, string value) => _facts.Add((what, value));

    /// <summary>States the spread of something measured, in milliseconds.</summary>
    public void State(string what, List<TimeSpan> times)
    {
        if (times.Count == 0)
            return;
        var sorted = times.Select(static time => time.TotalMilliseconds).Order().ToList();
        double At(double part) => sorted[(int)Math.Min(sorted.Count - 1, part * sorted.Count)];
        State(what, string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):F0} ms, p99 {At(0.99):F0} ms, most {sorted[^1]:F0} ms"));
    }

    public void Print()
    {
        Console.WriteLine(Missing is null ? $"{name}: {Trials - Failed} passed, {Failed} failed" : $"{name}: left out ({Missing})");
        foreach (var (what, value) in _facts)
            Console.WriteLine($"  {what}: {value}");
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"### {name}\n\n| | |\n|---|---|\n| trials | {Trials} |\n| failed | {Failed} |\n");
        if (Missing is null && Failed == 0 && Trials > 0)
            text.Append(CultureInfo.InvariantCulture, $"| bound | 0 of {Trials} bounds the rate below {300.0 / Trials:0.##} % (3/n, 95 % confidence) |\n");
        if (Missing is not null)
            text.Append(CultureInfo.InvariantCulture, $"| left out | {Missing} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| took | {TimeProvider.System.GetElapsedTime(_begun).TotalSeconds:F0} s |\n");
        foreach (var (what, value) in _facts)
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {value} |\n");
        if (_failures.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"\n```\n{string.Join('\n', _failures)}\n```\n");
        return text.ToString();
    }
}
