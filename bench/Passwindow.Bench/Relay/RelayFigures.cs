using System.Globalization;
using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>What was measured, round by round, and its tables: median (least–most) of the rounds.</summary>
internal sealed class RelayFigures
{
    private readonly Dictionary<(Section Section, Row Row), List<LoadResult>> _rounds = [];

    /// <summary>Everything that went wrong, in words.</summary>
    public List<string> Faults { get; } = [];

    public void Add(Section section, Row row, LoadResult result)
    {
        if (!_rounds.TryGetValue((section, row), out var rounds))
            _rounds.Add((section, row), rounds = []);
        rounds.Add(result);
        if (result.Failure is not null || result.Lost + result.OutOfOrder + result.Failed > 0)
            Faults.Add($"{section.Key}, {row.Label}, round {rounds.Count}: {result.Lost:N0} lost, {result.OutOfOrder:N0} out of order, {result.Failed:N0} responses failed. {result.Failure}".TrimEnd());
        Console.WriteLine($"  {section.Key} | {string.Join(" | ", Columns(section.Kind).Select(column => $"{column.Name} {column.Value(result).ToString(column.Format, CultureInfo.InvariantCulture)}"))} | {row.Label}");
        if (Faults.LastOrDefault() is { } fault && fault.StartsWith($"{section.Key}, {row.Label}, round {rounds.Count}:", StringComparison.Ordinal))
            Console.WriteLine($"    {fault}");
    }

    public string ToMarkdown(Section section)
    {
        var columns = Columns(section.Kind).ToList();
        bool hasRatio = section is { Kind: not SectionKind.Memory, Rows.Length: > 1 };
        string head = $"| | {string.Join(" | ", columns.Select(static column => column.Name))} |{(hasRatio ? $" × {section.Rows[0].Label} |" : "")}";
        var lines = new List<string> { head, "|---|" + string.Concat(Enumerable.Repeat("---|", columns.Count + (hasRatio ? 1 : 0))) };
        foreach (var row in section.Rows)
        {
            if (!_rounds.TryGetValue((section, row), out var rounds))
                continue;
            string ratio = hasRatio ? $" {Spread(Ratios(section, row, columns[0]), "F2")} |" : "";
            lines.Add($"| {row.Label} | {string.Join(" | ", columns.Select(column => Spread(rounds.Select(column.Value), column.Format)))} |{ratio}");
        }

        return string.Join('\n', lines) + "\n";
    }

    /// <summary>Round by round: a busy machine is as busy for the one as for the other.</summary>
    private IEnumerable<double> Ratios(Section section, Row row, Column column) =>
        _rounds.TryGetValue((section, section.Rows[0]), out var reference) ? _rounds[(section, row)].Zip(reference, (one, other) => column.Value(one) / column.Value(other)) : [];

    private static IEnumerable<Column> Columns(SectionKind kind) => kind switch
    {
        SectionKind.Tokens =>
        [
            new("CPU µs a token", "F1", static result => result.CpuNanoseconds / 1e3 / result.Delivered),
            new("tokens a CPU second", "N0", static result => result.Delivered * 1e9 / result.CpuNanoseconds),
            new("p50 ms", "F2", static result => result.Delays?.P50 ?? double.NaN),
            new("p99 ms", "F2", static result => result.Delays?.P99 ?? double.NaN),
            new("lost or out of order", "N0", static result => result.Lost + result.OutOfOrder),
            new("core used", "P0", static result => (double)result.CpuNanoseconds / result.WindowNanoseconds),
            new("load's core used", "P0", static result => result.LoadShare),
        ],
        SectionKind.Times =>
        [
            new("p50 ms", "F2", static result => result.Delays?.P50 ?? double.NaN),
            new("p99 ms", "F2", static result => result.Delays?.P99 ?? double.NaN),
            new("most ms", "F2", static result => result.Delays?.Most ?? double.NaN),
            new("failed", "N0", static result => result.Failed),
        ],
        _ =>
        [
            new("KB a stream", "F1", static result => (result.BytesDuring - result.BytesBefore) / 1024.0 / result.Opened),
            new("MB before", "F0", static result => result.BytesBefore / 1048576.0),
            new("MB during", "F0", static result => result.BytesDuring / 1048576.0),
            new("MB after", "F0", static result => result.BytesAfter / 1048576.0),
            new("lost or out of order", "N0", static result => result.Lost + result.OutOfOrder),
            new("failed", "N0", static result => result.Failed),
        ],
    };

    private static string Spread(IEnumerable<double> all, string format)
    {
        var values = all.Where(double.IsFinite).Order().ToList();
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return values switch
        {
            [] => "–",
            [var only] => Text(only),
            _ when Text(values[0]) == Text(values[^1]) => Text(values[0]),
            _ => $"{Text(values[values.Count / 2])} ({Text(values[0])}–{Text(values[^1])})",
        };
    }

    private sealed record Column(string Name, string Format, Func<LoadResult, double> Value);
}
