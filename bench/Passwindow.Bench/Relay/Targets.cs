using Passwindow.Protocol.Dialects;

namespace Passwindow.Bench.Relay;

/// <summary>What the server is to reach, beside what it reached.</summary>
internal sealed class Targets(RelayFigures figures)
{
    private const string Nginx = "nginx";

    private readonly List<string> _lines = [];

    /// <summary>A table of those that were measured; empty if none was.</summary>
    public string ToMarkdown()
    {
        AtMost("1,000 streams: CPU a token, × nginx", figures.MedianRatio("1000", Subjects.Fsync, Nginx, Column.CpuPerToken), 1.3);
        AtMost("1,000 streams: faults", figures.Median("1000", Subjects.Fsync, Column.Faults), 0, "N0");
        AtMost("1,000 streams: p50 ms", figures.Median("1000", Subjects.Fsync, Column.P50), 2);
        AtMost("1,000 streams: p99 ms above nginx's", figures.Median("1000", Subjects.Fsync, Column.P99) - figures.Median("1000", Nginx, Column.P99), 15);
        AtMost("200 streams: CPU a token, × nginx", figures.MedianRatio("200", Subjects.Fsync, Nginx, Column.CpuPerToken), 1.7);
        AtMost("200 streams: p50 ms", figures.Median("200", Subjects.Fsync, Column.P50), 2.5);
        AtMost("200 streams: CPU a token, × the naive relay", figures.MedianRatio("200", Subjects.Fsync, Subjects.Naive.Name, Column.CpuPerToken), 0.6);
        foreach (var (key, title) in new[] { ("200", "200"), ("1000", "1,000") })
        {
            AtMost($"`Durability=os`, {title} streams: CPU a token, × nginx", figures.MedianRatio(key, Subjects.Os, Nginx, Column.CpuPerToken), 1.3);
            AtMost($"`Durability=os`, {title} streams: p50 ms", figures.Median(key, Subjects.Os, Column.P50), 0.3);
        }

        AtLeast("64 streams flat out: tokens a CPU second", figures.Median("flat", Subjects.Fsync, Column.TokensPerCpuSecond), 700_000);
        AtMost("first token added at 200 streams: p50 ms", figures.Median("first", Subjects.Fsync, Column.P50), 1.5);
        AtMost("viewer gone to upstream closed: p99 ms", figures.Median("cancel", Subjects.Fsync, Column.P99), 2);
        AtMost("3,000 idle streams: KB each", figures.Median("idle", Subjects.Fsync, Column.KilobytesPerStream), 45);
        AtMost("one turn, 2,000 viewers: CPU µs a delivered token", figures.Median("fanout", Sections.ManyViewers, Column.CpuPerToken), 10);
        foreach (var dialect in Dialect.All.Skip(1))
            AtMost($"dialect `{dialect.Name}`: CPU a token, × native", figures.MedianRatio("dialects", dialect.Name, Dialect.Native.Name, Column.CpuPerToken), 1.5);
        AtMost("Anthropic upstream: CPU a token, × OpenAI", figures.MedianRatio("upstreams", Sections.FromAnthropic, Sections.FromOpenAI, Column.CpuPerToken), 1.3);
        AtMost("2,000 streams: CPU a token, × 500 streams", figures.MedianRatio("growth", Sections.ManyStreams, Sections.FewStreams, Column.CpuPerToken), 1);
        AtMost("turns of 100,000 tokens: CPU a token, × turns of 1,000", figures.MedianRatio("length", Sections.LongTurns, Sections.ShortTurns, Column.CpuPerToken), 1);
        AtMost("10,000 viewers: MB", figures.Median("viewers", Sections.TenThousandViewers, Column.MegabytesDuring), 600, "N0");
        AtMost("10,000 viewers: faults", figures.Median("viewers", Sections.TenThousandViewers, Column.Faults), 0, "N0");
        AtMost("a journal of 10 GB: CPU a token, × an empty one", figures.MedianRatio("journal", Sections.LongUsedJournal, Sections.EmptyJournal, Column.CpuPerToken), 1);
        return _lines.Count == 0 ? "" : "| target | | reached | met |\n|---|---|---|---|\n" + string.Join('\n', _lines) + "\n";
    }

    private void AtMost(string what, double reached, double target, string format = "F2") => Add(what, reached, $"≤ {target}", reached <= target, format);

    private void AtLeast(string what, double reached, double target) => Add(what, reached, $"≥ {target:N0}", reached >= target, "N0");

    private void Add(string what, double reached, string target, bool isMet, string format)
    {
        if (!double.IsNaN(reached))
            _lines.Add($"| {what} | {target} | {reached.ToString(format, null)} | {(isMet ? "yes" : "**no**")} |");
    }
}
