using System.CommandLine;
using System.Globalization;
using System.Text;
using Passwindow.Bench.Load;
using Passwindow.Bench.Relay;

namespace Passwindow.Bench.Profile;

/// <summary><c>profile</c>: what the server does while streams run. Calls of the kernel and allocations by the token, and where its time goes.</summary>
internal static class ProfileCommand
{
    private const int Seconds = 5;

    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "On a disk; not a file system in memory.", DefaultValueFactory = static _ => "/var/tmp" };
        var streams = new Option<int>("--streams") { Description = "How many, of 50 tokens a second each.", DefaultValueFactory = static _ => 200 };
        var durability = new Option<string>("--durability") { Description = "fsync or os.", DefaultValueFactory = static _ => "fsync" };
        var program = new Option<string>("--program") { Description = "The Passwindow.Server.dll that is profiled.", DefaultValueFactory = static _ => Built.Server };
        var report = new Option<FileInfo?>("--report") { Description = "Writes this file, as Markdown." };
        var command = new Command("profile", "System calls and allocations a token, and sampled stacks. Needs perf.") { folder, streams, durability, program, report };
        command.SetAction(async (parsed, cancellation) =>
        {
            string own = Directory.CreateDirectory(Path.Combine(Path.GetFullPath(parsed.GetValue(folder)!), $"passwindow-bench-{Environment.ProcessId}")).FullName;
            try
            {
                // perf finds the names of compiled methods in a file that the runtime writes, if their memory is anonymous.
                string wanted = parsed.GetValue(durability)!;
                var subject = Subjects.Passwindow(wanted == "os" ? Subjects.Os : Subjects.Fsync, parsed.GetValue(program)!, wanted);
                string text = await RunAsync(subject with { Command = place => ["env", "DOTNET_PerfMapEnabled=1", "DOTNET_EnableWriteXorExecute=0", .. subject.Command(place)] }, parsed.GetValue(streams), own, cancellation);
                Console.WriteLine(text);
                if (parsed.GetValue(report) is { } file)
                    await File.WriteAllTextAsync(file.FullName, text, cancellation);
            }
            finally
            {
                Directory.Delete(own, recursive: true);
            }
        });
        return command;
    }

    private static async Task<string> RunAsync(Subject subject, int streams, string folder, CancellationToken cancellation)
    {
        await using var load = await LoadProcess.StartAsync();
        await using var server = await RunningServer.StartAsync(subject, load.ProviderPort, folder);
        foreach (var warmUp in Sections.WarmUp(server))
            await load.RunAsync(warmUp, cancellation);
        var command = Sections.Paced(streams).For(server);
        int process = server.Processes[0];

        var (calls, callsLoad) = await WhileAsync(load, command, () => PerfTool.CountCallsAsync(process, Seconds, cancellation), cancellation);
        var (allocations, allocationsLoad) = await WhileAsync(load, command, () => Allocations.WatchAsync(process, Seconds, cancellation), cancellation);
        string samples = Path.Combine(folder, "perf.data");
        await WhileAsync(
            load,
            command,
            async () =>
            {
                await PerfTool.SampleAsync(process, Seconds, samples, cancellation);
                return samples;
            },
            cancellation);
        double perSecond = callsLoad.Delivered * 1e9 / callsLoad.WindowNanoseconds;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            {DateTime.UtcNow:d MMMM yyyy}, commit {Machine.Commit()}; {Machine.Describe()}; load average {Machine.Load()}.
            {subject.Name}, {streams:N0} streams of 50 tokens a second: {perSecond:N0} tokens/s delivered, {callsLoad.CpuNanoseconds / 1e3 / callsLoad.Delivered:F1} µs of CPU a token while calls were counted.

            Allocated: {allocations.BytesPerSecond * allocationsLoad.WindowNanoseconds / 1e9 / allocationsLoad.Delivered:N0} bytes a token; {allocations.CollectionsPerSecond:F2} collections a second.

            | system call | a token |
            |---|---|

            """);
        foreach (var (call, count) in calls)
            text.Append(CultureInfo.InvariantCulture, $"| {call} | {count / (perSecond * Seconds):F4} |\n");
        foreach (var (by, title, atLeast) in new[] { ("comm", "threads", 0.5), ("dso", "libraries", 0.5), ("symbol", "functions, without what they call", 0.4) })
            text.Append(CultureInfo.InvariantCulture, $"\nSamples by {title}:\n\n```\n{await PerfTool.SharesAsync(samples, by, atLeast, cancellation)}\n```\n");
        return text.ToString();
    }

    /// <summary>Does something in the middle of a window.</summary>
    private static async Task<(T Result, LoadResult Load)> WhileAsync<T>(LoadProcess load, LoadCommand command, Func<Task<T>> look, CancellationToken cancellation)
    {
        var running = load.RunAsync(command with { WindowMilliseconds = (Seconds + 4) * 1_000 }, cancellation);
        await Task.Delay(TimeSpan.FromMilliseconds(command.SettleMilliseconds + (1_000L * command.Streams / command.OpenedPerSecond) + 3_000), cancellation); // the load first waits until the server is quiet
        var result = await look();
        return (result, await running);
    }
}
