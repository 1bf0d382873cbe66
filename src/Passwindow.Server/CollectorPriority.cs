using System.Globalization;
using System.Runtime.InteropServices;
using Passwindow.Clock;

namespace Passwindow.Server;

/// <summary>
/// Has the runtime's background collection give way to who reads and shows tokens, on Linux. It works beside them for a tenth of a second every ten seconds or so, and where there
/// is one core it took half of it: each commit then waited some milliseconds to go on after its sync.
/// </summary>
/// <remarks>
/// Only by <see cref="Steps"/> of niceness: for some moments of its work it stops everybody, and other programs on a full machine must not make those long. Linux knows niceness by thread (sched(7)).
/// </remarks>
internal sealed partial class CollectorPriority(Pulse pulse) : PulsedService(pulse)
{
    /// <summary>A tenth of the share that the others have; five steps, a third, showed nothing.</summary>
    private const int Steps = 10;

    private const int Lowest = 19;
    private const int OfProcess = 0; // PRIO_PROCESS (setpriority(2)): on Linux, of the thread of that id
    private const string Collector = ".NET BGC";

    /// <summary>The thread begins with the first such collection; the runtime may end it when it has long not been needed, and begin another.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    private int _collections = -1;

    public override TimeSpan OnPulse()
    {
        int collections = GC.CollectionCount(GC.MaxGeneration);
        if (collections != _collections)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Lower(), null);
        _collections = collections;
        return LookAgainAfter;
    }

    /// <summary>Lowers the priority of each such thread that there is, and gives how many there are. What the system does not allow stays as it is.</summary>
    internal static int Lower()
    {
        int lowered = 0;
        int niceness = Math.Min(Lowest, GetPriority(OfProcess, 0) + Steps);
        foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd() != Collector)
                    continue;
                _ = SetPriority(OfProcess, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), niceness);
                lowered++;
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return lowered;
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int niceness);
}
