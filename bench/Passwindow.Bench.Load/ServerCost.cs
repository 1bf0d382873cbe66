using System.Globalization;
using System.Runtime.InteropServices;

namespace Passwindow.Bench.Load;

/// <summary>What processes have cost so far.</summary>
internal static unsafe partial class ServerCost
{
    private const int OwnProcess = 2; // CLOCK_PROCESS_CPUTIME_ID

    /// <summary>User and system time in nanoseconds. The kernel keeps it exactly; <c>/proc/PID/stat</c> shows the same rounded to 10 ms.</summary>
    public static long CpuNanoseconds(IEnumerable<int> processes) => processes.Sum(static process => Read((~process << 3) | 2)); // CPUCLOCK_SCHED of a process, as clock_getcpuclockid gives it

    public static long OwnCpuNanoseconds() => Read(OwnProcess);

    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentBytes(IEnumerable<int> processes) => processes.Sum(static process =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024);

    private static long Read(int clock)
    {
        long* time = stackalloc long[2];
        return GetTime(clock, time) == 0 ? (time[0] * 1_000_000_000) + time[1] : throw new InvalidOperationException("The process that is measured is gone.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* time);
}
