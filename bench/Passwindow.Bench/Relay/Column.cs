using System.Globalization;
using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>One figure of a result.</summary>
internal sealed record Column(string Name, string Format, Func<LoadResult, double> Value)
{
    public static Column CpuPerToken { get; } = new("CPU µs a token", "F1", static result => result.CpuNanoseconds / 1e3 / result.Delivered);

    public static Column TokensPerCpuSecond { get; } = new("tokens a CPU second", "N0", static result => result.Delivered * 1e9 / result.CpuNanoseconds);

    public static Column P50 { get; } = new("p50 ms", "F2", static result => result.Delays?.P50 ?? double.NaN);

    public static Column P99 { get; } = new("p99 ms", "F2", static result => result.Delays?.P99 ?? double.NaN);

    /// <summary>Tokens lost, doubled or out of order, and responses that failed: 0, or the other figures mean little.</summary>
    public static Column Faults { get; } = new("faults", "N0", static result => result.Lost + result.OutOfOrder + result.Failed);

    public static Column KilobytesPerStream { get; } = new("KB a stream", "F1", static result => (result.BytesDuring - result.BytesBefore) / 1024.0 / result.Opened);

    public static Column MegabytesDuring { get; } = new("MB during", "F0", static result => result.BytesDuring / 1048576.0);

    public static Column MegabytesAfter { get; } = new("MB after", "F0", static result => result.BytesAfter / 1048576.0);

    /// <summary>The columns of a section's table; the first is what its ratios are of.</summary>
    public static IReadOnlyList<Column> Of(SectionKind kind) => kind switch
    {
        SectionKind.Tokens =>
        [
            CpuPerToken,
            TokensPerCpuSecond,
            P50,
            P99,
            Faults,
            new("core used", "P0", static result => (double)result.CpuNanoseconds / result.WindowNanoseconds),
            new("load's core used", "P0", static result => result.LoadShare),
        ],
        SectionKind.Times =>
        [
            P50,
            P99,
            new("most ms", "F2", static result => result.Delays?.Most ?? double.NaN),
            Faults,
        ],
        _ =>
        [
            KilobytesPerStream,
            new("MB before", "F0", static result => result.BytesBefore / 1048576.0),
            MegabytesDuring,
            MegabytesAfter,
            Faults,
        ],
    };

    public string Text(double value) => value.ToString(Format, CultureInfo.InvariantCulture);
}
