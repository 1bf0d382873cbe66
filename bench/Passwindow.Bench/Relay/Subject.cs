using Passwindow.Bench.Load;

namespace Passwindow.Bench.Relay;

/// <summary>A server that is measured.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Command">The command line that serves on a port, asks a provider on a port, and keeps its files in a folder.</param>
/// <param name="Start">Starts a turn there.</param>
internal sealed record Subject(string Name, Func<Place, string[]> Command, RequestShape Start)
{
    /// <summary>Path of one more viewer of a turn, with <c>{turn}</c> in it; empty where a turn has one viewer.</summary>
    public string WatchPath { get; init; } = "";

    /// <summary>Whether this is Passwindow, built from this tree or from another.</summary>
    public bool IsPasswindow => WatchPath.Length > 0;

    /// <summary>Writes into its folder what it starts with.</summary>
    public Func<Place, Task> Prepare { get; init; } = static _ => Task.CompletedTask;
}

/// <summary>Where a server runs.</summary>
/// <param name="Port">It listens here, on 127.0.0.1.</param>
/// <param name="Provider">The provider's port, on 127.0.0.1.</param>
/// <param name="Folder">An empty folder of its own.</param>
internal sealed record Place(int Port, int Provider, string Folder);
