using System.CommandLine;
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Passwindow.Bench.Micro;

/// <summary><c>micro</c>: what the pure code on a token's way costs, in time and in allocations.</summary>
internal static class MicroCommand
{
    private static readonly Type[] Benchmarks = [typeof(UpstreamReaderBenchmarks), typeof(JournalEncoderBenchmarks), typeof(FrameWriterBenchmarks)];

    public static Command Create()
    {
        var report = new Option<FileInfo?>("--report") { Description = "Writes this file, as Markdown." };
        var command = new Command("micro", "Upstream readers, the journal's encoder and each dialect's frame writer, by the token.") { report };
        command.SetAction(async (parsed, cancellation) =>
        {
            string scratch = Directory.CreateTempSubdirectory("passwindow-micro-").FullName;
            var config = ManualConfig.CreateMinimumViable()
                .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)) // the code here is the code that is measured: nothing is built
                .AddDiagnoser(MemoryDiagnoser.Default)
                .WithArtifactsPath(scratch);
            string text = Text(Benchmarks.Select(each => BenchmarkRunner.Run(each, config)).ToList());
            Directory.Delete(scratch, recursive: true);
            Console.WriteLine(text);
            if (parsed.GetValue(report) is { } file)
                await File.WriteAllTextAsync(file.FullName, text, cancellation);
        });
        return command;
    }

    private static string Text(IEnumerable<Summary> summaries) => $"""
        # A token's way, step by step

        ```bash
        dotnet run -c Release --project bench/Passwindow.Bench -- micro --report docs/benchmarks/micro.md   # about a minute
        ```

        {DateTime.UtcNow:d MMMM yyyy}, commit {Machine.Commit()}; {Machine.Describe()}; load average {Machine.Load()}.
        One token's share of a turn of 1,000, the turn's beginning and end included; BenchmarkDotNet, short run.

        | step | of | ns a token: median | least–most | bytes allocated a token |
        |---|---|---|---|---|
        {string.Join('\n', summaries.SelectMany(static summary => summary.Reports).Select(Line))}

        """;

    private static string Line(BenchmarkReport report)
    {
        var which = report.BenchmarkCase;
        string of = string.Join(", ", which.Parameters.Items.Select(static item => item.Value));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {which.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')} | {of} | {report.ResultStatistics?.Median:N0} | {report.ResultStatistics?.Min:N0}–{report.ResultStatistics?.Max:N0} | {report.GcStats.GetBytesAllocatedPerOperation(which)} |");
    }
}
