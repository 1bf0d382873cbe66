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
        var window = new Option<int>("--window") { Description = "How long each measurement lasts, in milliseconds.", DefaultValueFactory = static _ => 5_000 };
        var only = new Option<string>("--only") { Description = "Only these tables, by their keys with commas: 200, 1000, flat, first, cancel, idle, fanout, dialects, upstreams, growth, length, viewers." };
        var servers = new Option<string>("--servers") { Description = "Only these servers, by parts of their names with commas; nginx is always among them." };
        var before = new Option<string>("--before") { Description = "A Passwindow.Server.dll of another build, measured beside this tree's as `before`." };
        var quick = new Option<bool>("--quick") { Description = "Less than a minute: one round of 200 streams, nginx and passwindow fsync." };
        var first = new Option<bool>("--first") { Description = "Servers and load take precedence over what else runs on their cores, as root: where others use the machine." };
        var report = new Option<FileInfo?>("--report") { Description = "Writes this file, as Markdown." };
        var command = new Command("relay", "CPU a token, delay, loss and memory of the whole server.") { folder, rounds, window, only, servers, before, quick, first, report };
        command.SetAction(async (parsed, cancellation) =>
        {
            Pinned.TakesPrecedence = parsed.GetValue(first);
            bool isQuick = parsed.GetValue(quick);
            var subjects = Compared(parsed.GetValue(before), parsed.GetValue(servers) ?? (isQuick ? Subjects.Fsync : null));
            string? keys = parsed.GetValue(only) ?? (isQuick ? "200" : null);
            var sections = Sections.All([.. subjects.Select(static subject => subject.Name)], parsed.GetValue(window)).Where(section => keys is null || keys.Split(',').Contains(section.Key)).ToList();
            string own = Path.Combine(Path.GetFullPath(parsed.GetValue(folder)!), $"passwindow-bench-{Environment.ProcessId}");
            Directory.CreateDirectory(own);
            var clock = Stopwatch.StartNew();
            var run = new RelayRun(subjects, sections, own);
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

    private static List<Subject> Compared(string? before, string? wanted)
    {
        List<Subject> all =
        [
            Subjects.Nginx,
            Subjects.Naive,
            Subjects.Passwindow(Subjects.Fsync, Built.Server, "fsync"),
            Subjects.Passwindow(Subjects.Os, Built.Server, "os"),
        ];
        if (before is not null)
            all.AddRange([Subjects.Passwindow("before fsync", before, "fsync"), Subjects.Passwindow("before os", before, "os")]);
        return wanted is null ? all : [.. all.Where(subject => subject == Subjects.Nginx || wanted.Split(',').Any(part => subject.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))];
    }
}
