using System.Diagnostics;

namespace Passwindow.Bench.Relay;

/// <summary>Starts programs on one core. The server has one for itself; provider and viewers share the next.</summary>
internal static class Pinned
{
    public const int ServerCore = 0;

    public static int LoadCore { get; } = Math.Min(1, Environment.ProcessorCount - 1);

    /// <summary>Whether they take precedence over what else runs: for a machine that others use, which then waits. Needs root.</summary>
    public static bool TakesPrecedence { get; set; }

    public static Process Start(int core, string[] command, bool withInput = false)
    {
        string[] all = ["setsid", "taskset", "-c", $"{core}", .. command];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = !withInput, RedirectStandardInput = withInput };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        if (TakesPrecedence)
            Prefer(process.Id);
        return process;
    }

    /// <summary>
    /// Gives it the weight of -20. The kernel shares a core between sessions first (sched(7), autogroups), so each has a session of its own and
    /// that has the weight.
    /// </summary>
    private static void Prefer(int process)
    {
        string group = $"/proc/{process}/autogroup";
        if (File.Exists(group) && SpinWait.SpinUntil(() => SessionOf(process) == process, 1_000))
            File.WriteAllText(group, "-20");
    }

    /// <summary>proc(5): the fourth field after the name, which stands in parentheses.</summary>
    private static int SessionOf(int process) => int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ')[3], null);
}
