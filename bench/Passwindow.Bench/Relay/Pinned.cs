using System.Diagnostics;

namespace Passwindow.Bench.Relay;

/// <summary>Starts programs on one core. The server has one for itself; provider and viewers share the next.</summary>
internal static class Pinned
{
    public const int ServerCore = 0;

    public static int LoadCore { get; } = Math.Min(1, Environment.ProcessorCount - 1);

    public static Process Start(int core, string[] command, bool withInput = false)
    {
        string[] all = ["setsid", "taskset", "-c", $"{core}", .. command];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = !withInput, RedirectStandardInput = withInput };
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    /// <summary>
    /// Puts one that runs before everything else on its core, where we may: on a machine that others use the figures then say more.
    /// The kernel shares a core between sessions first (sched(7), autogroups), so each has a session of its own and that has the weight.
    /// </summary>
    public static void Prefer(Process process)
    {
        string group = $"/proc/{process.Id}/autogroup";
        if (Environment.IsPrivilegedProcess && File.Exists(group))
            File.WriteAllText(group, "-20");
    }
}
