using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Passwindow.Bench;

/// <summary><c>journal</c>: the embedded journal beside a bare sync on the same disk, some rounds of it, and a report of their spread.</summary>
internal static class JournalCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "On the disk that is measured; not a file system in memory.", DefaultValueFactory = static _ => "/var/tmp" };
        var rounds = new Option<int>("--rounds") { Description = "How often.", DefaultValueFactory = static _ => 3 };
        var report = new Option<FileInfo?>("--report") { Description = "Writes this file, as Markdown." };
        var recover = new Option<bool>("--recover-only") { Description = "Only how long a start takes after a kill." };
        var command = new Command("journal", "The embedded journal's throughput, delay and syncs.") { folder, rounds, report, recover };
        command.SetAction(async (parsed, _) =>
        {
            string own = Path.Combine(Path.GetFullPath(parsed.GetValue(folder)!), $"passwindow-bench-{Environment.ProcessId}");
            Directory.CreateDirectory(own);
            try
            {
                if (parsed.GetValue(recover))
                    await JournalBench.RecoverAsync(own, megabytes: 100);
                else
                    await RunAsync(own, parsed.GetValue(rounds), parsed.GetValue(report));
            }
            finally
            {
                Directory.Delete(own, recursive: true);
            }
        });
        return command;
    }

    private static async Task RunAsync(string folder, int rounds, FileInfo? report)
    {
        var figures = new Figures();
        var loads = new List<string>();
        for (int round = 1; round <= rounds; round++)
        {
            loads.Add(Machine.Load());
            Console.WriteLine($"round {round}, load average {loads[^1]}");
            figures.Add("bare write of 4 KiB and fdatasync", JournalBench.BareSync(folder));
            figures.Add("1 writer, waits for each event", await JournalBench.FlatOutAsync(folder, writers: 1, perCommit: 1, seconds: 3));
            figures.Add("100 writers, wait for each event", await JournalBench.FlatOutAsync(folder, writers: 100, perCommit: 1, seconds: 3));
            figures.Add("1,000 writers, wait for each event", await JournalBench.FlatOutAsync(folder, writers: 1_000, perCommit: 1, seconds: 5));
            figures.Add("1,000 writers, wait after 16 events", await JournalBench.FlatOutAsync(folder, writers: 1_000, perCommit: 16, seconds: 5));
            figures.Add("100 turns of 20 tokens/s", await JournalBench.PacedAsync(folder, turns: 100, perSecond: 20, seconds: 5));
            figures.Add("1,000 turns of 20 tokens/s", await JournalBench.PacedAsync(folder, turns: 1_000, perSecond: 20, seconds: 5));
            figures.Add("2,000 turns of 20 tokens/s", await JournalBench.PacedAsync(folder, turns: 2_000, perSecond: 20, seconds: 10));
        }

        await JournalBench.RecoverAsync(folder, megabytes: 100);
        string text = string.Create(CultureInfo.InvariantCulture, $"""
            Machine: {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; load average at each round's start: {string.Join(", ", loads)}.
            Median (least–most) of {rounds} rounds; events of 100 bytes; durability fsync.

            {figures.ToMarkdown()}
            """);
        Console.WriteLine(text);
        if (report is not null)
            await File.WriteAllTextAsync(report.FullName, text);
    }
}
