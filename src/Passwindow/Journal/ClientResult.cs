using System.Text.Json;

namespace Passwindow.Journal;

/// <summary>What a tool that the client runs gave, as the opening of the turn that goes on with it keeps it.</summary>
/// <param name="Id">The call.</param>
/// <param name="Name">The tool.</param>
/// <param name="DurationMs">How long the client took, from the end of the turn that asked.</param>
internal sealed record ClientResult(string Id, string Name, long DurationMs)
{
    /// <summary>The result, any JSON value; absent if it failed.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why it failed; null if it did not.</summary>
    public string? Error { get; init; }
}
