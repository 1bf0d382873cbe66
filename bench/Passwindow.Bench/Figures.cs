using System.Globalization;

namespace Passwindow.Bench;

/// <summary>What was measured, round by round: a row for each thing measured, with the spread of its rounds.</summary>
internal sealed class Figures
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, List<Figure>> _rounds = [];

    public void Add(string what, Figure figure)
    {
        if (!_rounds.TryGetValue(what, out var rounds))
        {
            _order.Add(what);
            _rounds.Add(what, rounds = []);
        }

        rounds.Add(figure);
        Console.WriteLine($"{what}: {figure.PerSecond:N0}/s, {figure.SyncsPerSecond:N0} syncs/s, p50 {figure.P50:F2} ms, p99 {figure.P99:F2} ms");
    }

    /// <summary>Median (least–most) of each.</summary>
    public string ToMarkdown()
    {
        var lines = _order.Select(what => $"| {what} | {Spread(what, static each => each.PerSecond, "N0")} | {Spread(what, static each => each.SyncsPerSecond, "N0")} "
            + $"| {Spread(what, static each => each.P50, "F2")} | {Spread(what, static each => each.P99, "F2")} | {Spread(what, static each => each.P999, "F2")} |");
        return "| what | a second | syncs a second | p50 ms | p99 ms | p99.9 ms |\n|---|---|---|---|---|---|\n" + string.Join('\n', lines) + "\n";
    }

    private string Spread(string what, Func<Figure, double?> field, string format)
    {
        var values = _rounds[what].Select(field).OfType<double>().Order().ToList();
        if (values.Count == 0)
            return "–";
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(values[values.Count / 2])} ({Text(values[0])}–{Text(values[^1])})";
    }
}

/// <summary>One round of one measurement; null for what was not measured. Delays are in milliseconds.</summary>
internal sealed record Figure(double PerSecond, double? SyncsPerSecond, double? P50 = null, double? P99 = null, double? P999 = null)
{
    public static Figure Of(double perSecond, double? syncsPerSecond, List<double> delays)
    {
        delays.Sort();
        double At(double share) => delays[(int)(share * (delays.Count - 1))];
        return new Figure(perSecond, syncsPerSecond, At(0.5), At(0.99), At(0.999));
    }
}
