namespace Passwindow.Protocol.Upstream;

/// <summary>
/// What an upstream says, in the order in which it says it. The turn makes journal events of it; it knows no turn and no number.
/// </summary>
/// <remarks>Memory inside a chat event is valid only until the next one is read: readers use their buffers again.</remarks>
public abstract record ChatEvent;

/// <summary>A piece of the answer's text. Never empty, never cut inside a character.</summary>
/// <param name="Text">UTF-8.</param>
/// <param name="IsRefusal">Whether the provider marked it as a refusal.</param>
public sealed record TextDelta(ReadOnlyMemory<byte> Text, bool IsRefusal = false) : ChatEvent;

/// <summary>A piece of the model's visible thinking.</summary>
/// <param name="Text">UTF-8; empty when the piece carries only what the provider wants back.</param>
public sealed record ReasoningDelta(ReadOnlyMemory<byte> Text) : ChatEvent
{
    /// <summary>A signature over the thinking so far, to be sent back with it in the next round.</summary>
    public string? Signature { get; init; }

    /// <summary>Thinking that the provider encrypted, to be sent back as it is.</summary>
    public string? Redacted { get; init; }
}

/// <summary>A piece of a call's arguments while the model writes them.</summary>
/// <param name="Id">The call's id.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Delta">UTF-8.</param>
public sealed record ToolArgumentsDelta(string Id, string Name, ReadOnlyMemory<byte> Delta) : ChatEvent;

/// <summary>A call whose arguments are complete.</summary>
/// <param name="Id">The call's id: unique within the turn, made up when the provider gave none.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">
/// UTF-8, as the model wrote them, not yet checked: they may be no valid JSON. A model that wrote nothing, or <c>null</c>, means an empty object.
/// </param>
public sealed record ToolCallRequested(string Id, string Name, ReadOnlyMemory<byte> Arguments) : ChatEvent;

/// <summary>A source the answer rests on.</summary>
/// <param name="Citation">A JSON object with <c>url</c>, <c>title</c> and whatever else the provider said of it.</param>
public sealed record CitationFound(ReadOnlyMemory<byte> Citation) : ChatEvent;

/// <summary>The provider's counts. They are totals: a later report replaces the earlier ones of the same answer.</summary>
/// <param name="Usage">The counts.</param>
public sealed record UsageReported(Usage Usage) : ChatEvent;

/// <summary>The model came to an end, and the provider said so. Nothing but a <see cref="UsageReported"/> or a citation follows.</summary>
/// <param name="Reason">
/// <see cref="FinishReason.Stop"/>, <see cref="FinishReason.Length"/>, <see cref="FinishReason.ContentFilter"/> or <see cref="FinishReason.ToolCalls"/>.
/// </param>
public sealed record AnswerEnded(FinishReason Reason) : ChatEvent
{
    /// <summary>The provider's own word for it, such as <c>end_turn</c>; null if it is not known, or no word.</summary>
    public string? UpstreamReason { get; init; }

    /// <summary>The text of <see cref="SamplingOptions.Stop"/> at which the answer ended; null for none.</summary>
    public string? StopSequence { get; init; }

    /// <summary>The provider's own counts of this answer, a JSON object as it spelled it; null if there is none.</summary>
    public byte[]? UpstreamUsage { get; init; }
}

/// <summary>Another model goes on: what follows is its own, even if it continues what the one before had begun.</summary>
/// <param name="Model">Its name, as <c>start</c> would show it.</param>
public sealed record ModelChanged(string Model) : ChatEvent;

/// <summary>The upstream is alive but said nothing. It does not count as a token: limits on silence run on.</summary>
public sealed record Heartbeat : ChatEvent
{
    /// <summary>The one there is.</summary>
    public static Heartbeat Instance { get; } = new();
}
