using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>One table of the report: the same question asked of several servers, or several questions of one.</summary>
/// <param name="Key">Its name for <c>--only</c>.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Kind">What its columns are.</param>
/// <param name="Rows">In this order; ratios are to the first.</param>
internal sealed record Section(string Key, string Title, SectionKind Kind, params Row[] Rows)
{
    /// <summary>Whether each row starts a server of its own: memory that others have left behind would be counted.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Whether it is measured only when it is named: it takes long.</summary>
    public bool IsExtra { get; init; }
}

/// <summary>What the columns are.</summary>
internal enum SectionKind
{
    /// <summary>CPU a token, and the delay from the provider's stamp to the viewer.</summary>
    Tokens,

    /// <summary>How long something took.</summary>
    Times,

    /// <summary>Resident memory.</summary>
    Memory,
}

/// <summary>One row: a subject and what is done with it.</summary>
/// <param name="Label">What it is called in the table.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Command">What is done; port, processes and requests are filled in.</param>
/// <param name="Change">What is different about the requests.</param>
internal sealed record Row(string Label, string Subject, LoadCommand Command, Func<RequestShape, RequestShape>? Change = null)
{
    public LoadCommand For(RunningServer server) => Command with
    {
        Port = server.Port,
        Processes = server.Processes,
        Start = Change is null ? server.Subject.Start : Change(server.Subject.Start),
        WatchPath = server.Subject.WatchPath,
    };
}
