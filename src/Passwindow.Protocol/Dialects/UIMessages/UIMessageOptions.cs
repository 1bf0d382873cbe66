namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// What a client of the AI SDK knows. The first releases of each major version break off at a key or a chunk that they do not know, so
/// without a word from the client only what all of them know is written.
/// </summary>
public sealed record UIMessageOptions
{
    /// <summary>For a client that did not say which it is: every version reads it, but for approvals, which version 5 has no words for.</summary>
    public static UIMessageOptions Default { get; } = new();

    /// <summary>Whether a call that waits for a person is told as such. Otherwise it is a call without an answer.</summary>
    public bool HasApprovals { get; init; } = true;

    /// <summary>Whether the chunk <c>finish</c> says why. The message's metadata says it in any case.</summary>
    public bool HasFinishReason { get; init; }

    /// <summary>For a client of that major version.</summary>
    public static UIMessageOptions Of(int version) =>
        version < 6 ? Default with { HasApprovals = false } : Default with { HasFinishReason = true };
}
