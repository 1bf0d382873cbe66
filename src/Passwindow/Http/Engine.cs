using Microsoft.AspNetCore.Http;
using Passwindow.Clock;
using Passwindow.Diagnostics;
using Passwindow.Journal;
using Passwindow.Tools;
using Passwindow.Turns;
using Passwindow.Upstream;
using Passwindow.Viewers;

namespace Passwindow.Http;

/// <summary>The rooms of one server, put together: what an endpoint reaches for.</summary>
internal sealed class Engine(
    PasswindowOptions options,
    IJournal journal,
    RunningTurns turns,
    IdempotencyKeys keys,
    ModelCatalog models,
    ServerTools tools,
    PasswindowMetrics metrics,
    Spellings spellings,
    TurnTimelines timelines,
    IEventOutputs outputs,
    Pulse pulse,
    TimeProvider time,
    ServerClosing closing)
{
    /// <summary>How long a viewer's connection may take nothing of what is written to it before it is cut.</summary>
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(10);

    public PasswindowOptions Options => options;

    public TimeProvider Time => time;

    public IJournal Journal => journal;

    public RunningTurns Turns => turns;

    public IdempotencyKeys Keys => keys;

    public PasswindowMetrics Metrics => metrics;

    public Spellings Spellings => spellings;

    public TurnTimelines Timelines => timelines;

    public IEventOutputs Outputs => outputs;

    public ModelCatalog Models => models;

    public ServerTools Tools => tools;

    /// <summary>Whether new turns can be taken.</summary>
    public bool IsReady => journal.Health.IsWritable && !closing.HasBegun;

    /// <summary>Finds out who calls.</summary>
    /// <exception cref="Problem">Nobody who may.</exception>
    public Caller Identify(HttpContext context)
    {
        if (options.Identify is { } identify)
            return identify(context) ?? throw new Problem(StatusCodes.Status401Unauthorized, "unauthorized", "Sign in first.");
        return LoopbackOnly.Refuse(context) is { } refusal ? throw refusal : Caller.Local;
    }

    public ViewerSettings ViewerSettings(HttpContext context) =>
        new(time, pulse, TimeSpan.FromSeconds(options.HeartbeatSeconds), StuckAfter, context.Abort, closing.ResponsesEnd);
}
