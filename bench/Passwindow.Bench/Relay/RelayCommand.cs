using System.CommandLine;
using System.Diagnostics;

namespace Passwindow.Bench.Relay;

/// <summary><c>relay</c>: the whole server beside a byte relay and a naive one, in one run, so that every figure is a ratio.</summary>
internal static class RelayCommand
{
    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "On the disk that is measured; not a file system in memory.", DefaultValueFactory = static _ => "/var/tmp" };
        var rounds = new Option<int>("--rounds") { Description = "How often.", DefaultValueFactory = static _ => 3 };
        var window = new Option<int>("--window") { Description = "How long each measurement lasts, in milliseconds.", DefaultValueFactory = static _ => 4_000 };
        var only = new Option<string>("--only") { Description = $"Only these tables, by their keys with commas: {string.Join(", ", Sections.All([], 0).Select(static section => section.Key))}." };
        var servers = new Option<string>("--servers") { Description = "Of the tables that compare servers only these, by parts of their names with commas; nginx is always among them." };
        var before = new Option<string>("--before") { Description = "A Passwindow.Server.dll of another build, compared as `before`." };
        var quick = new Option<bool>("--quick") { Description = "Less than a minute: one round of 200 streams, nginx and passwindow fsync." };
        var first = new Option<bool>("--first") { Description = "Servers and load take precedence over what else runs on their cores, as root: where others use the machine, who then wait." };
        var report = new Option<FileInfo?>("--report") { Description = "Writes the figures into this Markdown file, between their marks." };
        var command = new Command("relay", "CPU a token, delay, loss and memory of the whole server.") { folder, rounds, window, only, servers, before, quick, first, report };
        command.SetAction(async (parsed, cancellation) =>
        {
            Pinned.TakesPrecedence = parsed.GetValue(first);
            bool isQuick = parsed.GetValue(quick);
            var compared = Compared(parsed.GetValue(before)).ToList();
            var sections = Chosen(Sections.All(Names(compared, parsed.GetValue(servers) ?? (isQuick ? Subjects.Fsync : "")), parsed.GetValue(window)), parsed.GetValue(only) ?? (isQuick ? "200" : "")).ToList();
            string own = Directory.CreateDirectory(Path.Combine(Path.GetFullPath(parsed.GetValue(folder)!), $"passwindow-bench-{Environment.ProcessId}")).FullName;
            var clock = Stopwatch.StartNew();
            var run = new RelayRun([.. compared, Subjects.OnFullJournal], sections, own);
            try
            {
                await run.RunAsync(isQuick ? 1 : parsed.GetValue(rounds), cancellation);
            }
            finally
            {
                Directory.Delete(own, recursive: true);
            }

            string text = RelayReport.Figures(run, sections, clock.Elapsed);
            Console.WriteLine(text);
            if (parsed.GetValue(report) is { } file)
                await RelayReport.WriteAsync(file, text, cancellation);
        });
        return command;
    }

    private static IEnumerable<Subject> Compared(string? before)
    {
        yield return Subjects.Nginx;
        yield return Subjects.Naive;
        yield return Subjects.Passwindow(Subjects.Fsync, Built.Server, "fsync");
        yield return Subjects.Passwindow(Subjects.Os, Built.Server, "os");
        if (before is null)
            yield break;
        yield return Subjects.Passwindow("before fsync", before, "fsync");
        yield return Subjects.Passwindow("before os", before, "os");
    }

    private static List<string> Names(IEnumerable<Subject> compared, string parts) =>
        [.. compared.Where(subject => subject == Subjects.Nginx || parts.Split(',').Any(part => subject.Name.Contains(part, StringComparison.OrdinalIgnoreCase))).Select(static subject => subject.Name)];

    private static IEnumerable<Section> Chosen(IEnumerable<Section> all, string keys) =>
        all.Where(section => keys.Length == 0 ? !section.IsExtra : keys.Split(',').Contains(section.Key));
}
