using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Passwindow.Bench;

/// <summary>What a report says about where it was measured.</summary>
internal static class Machine
{
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>Whether others need so much of it that figures say little. What measures is one or two of a load average itself.</summary>
    public static bool IsBusy(string load) => double.TryParse(load, CultureInfo.InvariantCulture, out double average) && average > Environment.ProcessorCount + 1;

    public static string Describe() =>
        $"{Environment.ProcessorCount} cores ({Processor()}), {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>The commit that was measured, with a word if the tree held more than it.</summary>
    public static string Commit() => Git("rev-parse", "--short", "HEAD") + (Git("status", "--porcelain", "--untracked-files=no", "src").Length > 0 ? " with uncommitted changes" : "");

    private static string Processor() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown";

    private static string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, WorkingDirectory = AppContext.BaseDirectory });
        return git?.StandardOutput.ReadToEnd().Trim() ?? "unknown";
    }
}
