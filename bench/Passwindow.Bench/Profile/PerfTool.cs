using System.Diagnostics;
using System.Globalization;

namespace Passwindow.Bench.Profile;

/// <summary>perf(1), which must be installed, and allowed to look (as root, or <c>kernel.perf_event_paranoid</c> -1).</summary>
internal static class PerfTool
{
    // What a server of this kind calls; the rest shows as `others`.
    private static readonly string[] Calls =
    [
        "read", "write", "readv", "writev", "recvmsg", "recvfrom", "sendmsg", "sendto", "epoll_wait", "epoll_pwait", "epoll_ctl", "poll", "futex", "fdatasync", "pwrite64", "pwritev",
        "sched_yield", "madvise", "mmap", "munmap", "mprotect", "membarrier", "clock_nanosleep", "getrusage", "close", "accept4",
    ];

    /// <summary>How often a process calls the kernel in so many seconds, by the call.</summary>
    public static async Task<List<(string Call, long Count)>> CountCallsAsync(int process, int seconds, CancellationToken cancellation)
    {
        string events = string.Join(',', Calls.Select(static call => $"syscalls:sys_enter_{call}").Append("raw_syscalls:sys_enter"));
        string text = await RunAsync(["stat", "-x", ";", "-e", events, "-p", $"{process}", "--", "sleep", $"{seconds}"], cancellation);
        var counts = new List<(string Call, long Count)>();
        foreach (string[] fields in text.Split('\n').Select(static line => line.Split(';')).Where(static fields => fields.Length > 2))
        {
            if (long.TryParse(fields[0], CultureInfo.InvariantCulture, out long count))
                counts.Add((fields[2][(fields[2].IndexOf("sys_enter", StringComparison.Ordinal) + "sys_enter".Length)..].TrimStart('_'), count));
        }

        long all = counts.FirstOrDefault(static each => each.Call.Length == 0).Count;
        var named = counts.Where(static each => each is { Call.Length: > 0, Count: > 0 }).OrderByDescending(static each => each.Count).ToList();
        return [("all", all), .. named, ("others", Math.Max(0, all - named.Sum(static each => each.Count)))];
    }

    /// <summary>Samples a process's stacks into a file.</summary>
    public static Task SampleAsync(int process, int seconds, string file, CancellationToken cancellation) =>
        RunAsync(["record", "-o", file, "-e", "cpu-clock", "-F", "1999", "-g", "-p", $"{process}", "--", "sleep", $"{seconds}"], cancellation);

    /// <summary>Shares of the samples, by <c>comm</c> (threads), <c>dso</c> (libraries) or <c>symbol</c> (functions); those of at least so many percent.</summary>
    public static async Task<string> SharesAsync(string file, string by, double atLeast, CancellationToken cancellation)
    {
        string text = await RunAsync(["report", "-i", file, "--no-children", "--stdio", "-g", "none", "--sort", by, "--percent-limit", atLeast.ToString(CultureInfo.InvariantCulture)], cancellation);
        return string.Join('\n', text.Split('\n').Where(static line => line.Contains('%', StringComparison.Ordinal) && !line.StartsWith('#')).Select(static line => line.Trim(' ', '-')));
    }

    private static async Task<string> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        using var perf = Process.Start(new ProcessStartInfo("perf", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = perf.StandardOutput.ReadToEndAsync(cancellation);
        var complained = perf.StandardError.ReadToEndAsync(cancellation);
        await perf.WaitForExitAsync(cancellation);
        return perf.ExitCode == 0 ? await said + await complained : throw new InvalidOperationException($"perf {arguments[0]}: {await complained}");
    }
}
