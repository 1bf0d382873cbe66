using Microsoft.Extensions.Logging;
using Passwindow.Diagnostics;

namespace Passwindow.Upstream;

/// <summary>Gives each turn its own way to its models: which one answers is remembered for the turn's later rounds.</summary>
internal sealed class TurnUpstreams(FailoverSettings settings, PasswindowMetrics metrics, TimeProvider time, ILogger<FailoverUpstream> log)
{
    /// <summary>The model, asked with retries and failover.</summary>
    public ResolvedModel For(ResolvedModel model) => model with { Upstream = new FailoverUpstream(model, settings, metrics, time, log) };
}
