using System.Runtime;
using Passwindow.Clock;

namespace Passwindow.Server;

/// <summary>
/// Gives memory back to the machine once a crowd has gone. The runtime collects when somebody allocates, and a server whom nobody asks allocates nothing: what
/// ten thousand viewers needed would stay for hours.
/// </summary>
/// <remarks>It stops everything for some hundredth of a second, once for each crowd, and only when nine in ten of it have gone.</remarks>
internal sealed class MemoryReturn(Pulse pulse, TimeProvider time) : PulsedService(pulse)
{
    /// <summary>So many viewers and turns are a crowd: each held some 20 KB.</summary>
    private const int Crowd = 500;

    /// <summary>How long it has been gone. Connections and buffers are given up a little later than their responses.</summary>
    private static readonly TimeSpan GoneFor = TimeSpan.FromSeconds(3);

    private int _most;
    private long? _goneSince;

    public override TimeSpan OnPulse()
    {
        if (IsDue(Pulse.Count))
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Collect(), null);
        return TimeSpan.Zero;
    }

    /// <summary>Whether a crowd has gone for long enough; says so once.</summary>
    /// <param name="now">How many viewers and turns there are.</param>
    internal bool IsDue(int now)
    {
        _most = Math.Max(_most, now);
        if (_most < Crowd || now > _most / 10)
        {
            _goneSince = null;
            return false;
        }

        _goneSince ??= time.GetTimestamp();
        if (time.GetElapsedTime(_goneSince.Value) < GoneFor)
            return false;
        (_most, _goneSince) = (now, null);
        return true;
    }

    private static void Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
