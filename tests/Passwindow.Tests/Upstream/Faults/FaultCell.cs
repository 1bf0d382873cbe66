using Passwindow.Testing;

namespace Passwindow.Tests.Upstream.Faults;

/// <summary>Where in an answer a fault happens.</summary>
internal enum Position
{
    BeforeConnection,
    BeforeHeaders,
    BeforeFirstEvent,
    AfterFirstToken,
    Middle,
    InToolCall,
    InLastEvent,
}

/// <summary>What a viewer must be shown.</summary>
/// <param name="Outcome">The error's code, or the finish reason of a turn without an error; several where the network decides.</param>
/// <param name="Requests">How many requests reach the upstream.</param>
internal sealed record Expected(string[] Outcome, int Requests = 1)
{
    /// <summary>The answer's text; null for what was said before the fault.</summary>
    public string? Text { get; init; }

    /// <summary>Whether the end of that text may be lost: a reset takes with it what has not been read.</summary>
    public bool MayLoseText { get; init; }
}

/// <summary>One fault at one position in one API.</summary>
/// <param name="Number">The fault's number in the matrix.</param>
/// <param name="Name">What goes wrong.</param>
/// <param name="Api">The API.</param>
/// <param name="At">Where.</param>
/// <param name="Script">What the upstream does.</param>
/// <param name="Expected">What must come of it.</param>
internal sealed record FaultCell(int Number, string Name, SpokenApi Api, Position At, Func<UpstreamExchange, Task> Script, Expected Expected)
{
    /// <summary>Stands in whatever a provider says that is not the model's word: no viewer may ever see it.</summary>
    public const string Secret = "UPSTREAM-INTERNAL";

    /// <summary>The model that is asked for, by which the upstream knows the cell.</summary>
    public string Model { get; } = $"f{Guid.NewGuid():N}";

    /// <summary>The provider that is asked; the API's own, unless the fault is one of the connection.</summary>
    public string Provider { get; init; } = Api.Provider;

    /// <summary>A tool that the client declares; null for none.</summary>
    public string? Tool { get; init; }

    /// <summary>Whether it takes so long that it is left out of a quick run.</summary>
    public bool IsSlow { get; init; }

    /// <summary>The text that was said before the fault.</summary>
    public string Said => SaidAt(At);

    public static string SaidAt(Position at) => at switch
    {
        Position.AfterFirstToken or Position.InToolCall => "One ",
        Position.Middle or Position.InLastEvent => "One two three ",
        _ => "",
    };

    /// <summary>The frames before the fault.</summary>
    public static string Before(SpokenApi api, Position at) => at switch
    {
        Position.AfterFirstToken => api.Opening + api.Text("\"One \""),
        Position.Middle => api.Opening + api.Text("\"One \"") + api.Text("\"two \"") + api.Text("\"three \""),
        Position.InToolCall => api.Opening + api.Text("\"One \"") + api.Call(0, "call_1", "look") + api.Arguments(0, "{\"a\":") + api.Arguments(0, "\"b"),
        Position.InLastEvent => Before(api, Position.Middle) + api.Finish + api.EndMarker[..(api.EndMarker.Length * 2 / 3)],
        _ => "",
    };

    public override string ToString() => $"{Number} {Name} / {Api} / {At}";
}
