namespace Passwindow.Bench.Load;

/// <summary>One measurement, as the bench asks for it: a line of JSON on standard input.</summary>
internal sealed record LoadCommand
{
    public required Scenario Scenario { get; init; }

    /// <summary>The port of the server that is measured, on 127.0.0.1.</summary>
    public required int Port { get; init; }

    /// <summary>Its processes: their CPU time and memory are what is reported.</summary>
    public required int[] Processes { get; init; }

    /// <summary>Starts a turn.</summary>
    public required RequestShape Start { get; init; }

    /// <summary>Path of one more viewer of a turn, with <c>{turn}</c> in it.</summary>
    public string WatchPath { get; init; } = "";

    /// <summary>How many turns run at once.</summary>
    public required int Streams { get; init; }

    /// <summary>How many more viewers each turn gets, beside the one who started it.</summary>
    public int ViewersEach { get; init; }

    /// <summary>Tokens a second of each turn, <see cref="Load.Pace.FlatOut"/> or <see cref="Load.Pace.Silent"/>.</summary>
    public required int Pace { get; init; }

    /// <summary>How many tokens a turn has; 0: as many as there is time for.</summary>
    public int Tokens { get; init; }

    /// <summary>How many turns, probes or cancellations are measured, where the scenario counts them.</summary>
    public int Count { get; init; }

    /// <summary>Connections opened a second.</summary>
    public int OpenedPerSecond { get; init; } = 1_000;

    /// <summary>From the last stream's opening to the window.</summary>
    public int SettleMilliseconds { get; init; } = 1_000;

    /// <summary>How long is measured.</summary>
    public int WindowMilliseconds { get; init; } = 5_000;

    /// <summary>From the end of everything to the last look at the memory; 0: no look.</summary>
    public int AfterMilliseconds { get; init; }
}

/// <summary>What is done with the server.</summary>
internal enum Scenario
{
    /// <summary>So many streams at one pace, and a window in which they are measured.</summary>
    Streams,

    /// <summary>Turns of a given length one after the other on each stream, measured from the first to the last.</summary>
    Turns,

    /// <summary>While streams run, single turns are started: how much later than the provider's is the viewer's first token?</summary>
    FirstToken,

    /// <summary>Viewers close their connection in the middle: when is the upstream's closed?</summary>
    Cancel,
}

/// <summary>A request by its parts; <c>{prompt}</c> in the body is replaced.</summary>
internal sealed record RequestShape(string Path, string Body, string Headers = "Accept: text/event-stream\r\n");
