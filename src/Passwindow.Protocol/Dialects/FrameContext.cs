using System.Text.Json;

namespace Passwindow.Protocol.Dialects;

/// <summary>What a frame writer may know of a turn beside its events. It is the same for every viewer of the turn.</summary>
public sealed record FrameContext
{
    /// <summary>A turn without tools of its client, of which nothing more is known.</summary>
    public static FrameContext None { get; } = new();

    /// <summary>
    /// Whether the client runs the tool of that name. Calls of other tools are the server's own: a client of a standard dialect that was
    /// shown them as calls would try to run them.
    /// </summary>
    public Func<string, bool> IsClientTool { get; init; } = static _ => false;

    /// <summary>What the client that began the turn wanted to find again: a JSON object; null for none.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>What the person wrote; empty in a turn that continues another.</summary>
    public string Message { get; init; } = "";

    /// <summary>The turn of a person's message that this one, and those between, continue with what the client's tools gave; null if it continues none.</summary>
    public TurnId? Root { get; init; }
}
