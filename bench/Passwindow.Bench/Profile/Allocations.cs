using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace Passwindow.Bench.Profile;

/// <summary>What a .NET process allocates and collects, by its own counters, read from outside.</summary>
internal sealed record Allocations(double BytesPerSecond, double CollectionsPerSecond)
{
    /// <summary>Watches it for so many seconds.</summary>
    public static async Task<Allocations> WatchAsync(int process, int seconds, CancellationToken cancellation)
    {
        var counters = new EventPipeProvider("System.Runtime", EventLevel.Informational, 0, new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" });
        using var session = new DiagnosticsClient(process).StartEventPipeSession([counters], requestRundown: false);
        var sums = new Dictionary<string, (double Sum, double Seconds)>();
        using var source = new EventPipeEventSource(session.EventStream);
        source.Dynamic.All += said => Take(said, sums);
        var reading = Task.Run(source.Process, cancellation);
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);
        await session.StopAsync(cancellation);
        await reading;
        double Rate(string name) => sums.TryGetValue(name, out var sum) ? sum.Sum / sum.Seconds : double.NaN;
        return new Allocations(Rate("alloc-rate"), Rate("gen-0-gc-count"));
    }

    private static void Take(TraceEvent said, Dictionary<string, (double Sum, double Seconds)> sums)
    {
        if (said.EventName != "EventCounters" || said.PayloadValue(0) is not IDictionary<string, object> outer || outer["Payload"] is not IDictionary<string, object> counter
            || !counter.TryGetValue("Increment", out var increment))
        {
            return;
        }

        // The first one covers the time since nobody knows when.
        double interval = Convert.ToDouble(counter["IntervalSec"], null);
        if (interval < 0.1)
            return;
        string name = (string)counter["Name"];
        var before = sums.GetValueOrDefault(name);
        sums[name] = (before.Sum + Convert.ToDouble(increment, null), before.Seconds + interval);
    }
}
