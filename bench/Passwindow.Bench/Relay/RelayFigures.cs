using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>What was measured, round by round, and its tables: median (least–most) of the rounds.</summary>
internal sealed class RelayFigures
{
    private readonly Dictionary<(string Section, string Row), List<LoadResult>> _rounds = [];

    /// <summary>Everything that went wrong, in words.</summary>
    public List<string> Faults { get; } = [];

    public void Add(Section section, Row row, LoadResult result)
    {
        if (!_rounds.TryGetValue((section.Key, row.Label), out var rounds))
            _rounds.Add((section.Key, row.Label), rounds = []);
        rounds.Add(result);
        Console.WriteLine($"  {section.Key} | {row.Label} | {string.Join(" | ", Column.Of(section.Kind).Select(column => $"{column.Name} {column.Text(column.Value(result))}"))}");
        if (result.Failure is null && Column.Faults.Value(result) == 0)
            return;
        Faults.Add($"{section.Title}; {row.Label}; round {rounds.Count}: {result.Lost:N0} lost, {result.OutOfOrder:N0} doubled or out of order, {result.Failed:N0} responses failed. {result.Failure}".TrimEnd());
        Console.WriteLine($"    {Faults[^1]}");
    }

    /// <summary>The median of the rounds; NaN for what was not measured.</summary>
    public double Median(string section, string row, Column column) => Median(Values(section, row, column));

    /// <summary>The median of the rounds' ratios: a busy machine is as busy for the one as for the other.</summary>
    public double MedianRatio(string section, string row, string reference, Column column) => Median(Ratios(section, row, reference, column));

    public string ToMarkdown(Section section)
    {
        var columns = Column.Of(section.Kind);
        string? reference = section is { Kind: not SectionKind.Memory, Rows.Length: > 1 } ? section.Rows[0].Label : null;
        var lines = new List<string>
        {
            $"| | {string.Join(" | ", columns.Select(static column => column.Name))} |{(reference is null ? "" : $" × {reference} |")}",
            "|---|" + string.Concat(Enumerable.Repeat("---|", columns.Count + (reference is null ? 0 : 1))),
        };
        foreach (var row in section.Rows)
        {
            string ratio = reference is null ? "" : $" {Spread(Ratios(section.Key, row.Label, reference, columns[0]), static value => value.ToString("F2", null))} |";
            lines.Add($"| {row.Label} | {string.Join(" | ", columns.Select(column => Spread(Values(section.Key, row.Label, column), column.Text)))} |{ratio}");
        }

        return string.Join('\n', lines) + "\n";
    }

    private IEnumerable<double> Values(string section, string row, Column column) => _rounds.GetValueOrDefault((section, row), []).Select(column.Value);

    private IEnumerable<double> Ratios(string section, string row, string reference, Column column) =>
        Values(section, row, column).Zip(Values(section, reference, column), static (one, other) => one / other);

    private static double Median(IEnumerable<double> all) => all.Where(double.IsFinite).Order().ToList() is { Count: > 0 } values ? values[values.Count / 2] : double.NaN;

    private static string Spread(IEnumerable<double> all, Func<double, string> text)
    {
        var values = all.Where(double.IsFinite).Order().ToList();
        return values switch
        {
            [] => "–",
            _ when text(values[0]) == text(values[^1]) => text(values[0]),
            _ => $"{text(values[values.Count / 2])} ({text(values[0])}–{text(values[^1])})",
        };
    }
}
