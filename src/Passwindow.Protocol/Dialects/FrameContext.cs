using System.Text.Json;
using Passwindow.Protocol.Upstream;

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

    /// <summary>The tools that the client runs, as the journal keeps them: an array of <c>{name, description?, parameters?}</c>; null for none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>What the person wrote; empty in a turn that continues another.</summary>
    public string Message { get; init; } = "";

    /// <summary>The turn of a person's message that this one, and those between, continue with what the client's tools gave; null if it continues none.</summary>
    public TurnId? Root { get; init; }

    /// <summary>The messages that the turn began with, as far as they are kept: what the person wrote, what the client's tools gave, or a whole conversation.</summary>
    public IReadOnlyList<ChatMessage> Given { get; init; } = [];

    /// <summary>The turns that lead to this one, oldest first, where a dialect tells the conversation in its opening; empty for none, or not asked for.</summary>
    public IReadOnlyList<EarlierTurn> Earlier { get; init; } = [];
}

/// <summary>A turn that came before.</summary>
/// <param name="Context">What is known of it.</param>
/// <param name="Events">Its events.</param>
public sealed record EarlierTurn(FrameContext Context, IReadOnlyList<CommittedEvent> Events);
