using System.Text.Json;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.Native;

/// <summary>The body of <c>POST /chat</c> (contract, section 4).</summary>
/// <param name="Message">What the person wrote.</param>
public sealed record NativeRequest(string Message)
{
    /// <summary>
    /// What was said before, as the client has it, where the server has not: then it is the whole conversation, and what the server knows of it
    /// goes before no more. Empty for none.
    /// </summary>
    public IReadOnlyList<ChatMessage> History { get; init; } = [];

    /// <summary>The conversation to continue; null begins a new one.</summary>
    public ConversationId? Conversation { get; init; }

    /// <summary>The model; null means the server's default.</summary>
    public string? Model { get; init; }

    /// <summary>The tools that the client runs.</summary>
    public IReadOnlyList<ToolDeclaration> Tools { get; init; } = [];

    /// <summary>The same as they stood in the body; null for none.</summary>
    public JsonElement? ToolsJson { get; init; }

    /// <summary>What to do when the conversation has a running turn.</summary>
    public IfActive IfActive { get; init; }

    /// <summary>The turn of the conversation whose place the new one takes: an edited message; null to follow the last one.</summary>
    public TurnId? Replaces { get; init; }

    /// <summary>A JSON object that the client wants to find again; null for none.</summary>
    public JsonElement? Metadata { get; init; }
}
