using System.Text.Json;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.AgUi;

/// <summary>The body of <c>POST /ag-ui</c>: AG-UI's <c>RunAgentInput</c>.</summary>
/// <param name="Thread">The client's name for the conversation; any text.</param>
/// <param name="Run">The client's name for what it begins; any text.</param>
/// <param name="Messages">The conversation as the client has it, without what it keeps for itself alone (reasoning, activities).</param>
public sealed record AgUiRequest(string Thread, string Run, IReadOnlyList<AgUiRequestMessage> Messages)
{
    /// <summary>Whether the client speaks version 1.0: it says so by <c>protocolVersion</c>. Older ones refuse outcomes that they do not know.</summary>
    public bool SpeaksOne { get; init; }

    /// <summary>The tools that the client runs.</summary>
    public IReadOnlyList<ToolDeclaration> Tools { get; init; } = [];

    /// <summary>The same as they stood in the body; null for none.</summary>
    public JsonElement? ToolsJson { get; init; }

    /// <summary>What surrounds the client just now, as one text for the model; empty for nothing.</summary>
    public string Surroundings { get; init; } = "";

    /// <summary>What people answered to interrupts.</summary>
    public IReadOnlyList<AgUiAnswer> Resume { get; init; } = [];

    /// <summary>The model, from <c>forwardedProps</c>; null means the server's default.</summary>
    public string? Model { get; init; }

    /// <summary>What to do when the thread has a running turn, from <c>forwardedProps</c>.</summary>
    public IfActive IfActive { get; init; }
}

/// <summary>One message of a request.</summary>
/// <param name="Id">The client's id of it.</param>
/// <param name="Content">What it says.</param>
public sealed record AgUiRequestMessage(string Id, ChatMessage Content);

/// <summary>A person's answer to an interrupt.</summary>
/// <param name="Interrupt">The interrupt: the id of a call.</param>
/// <param name="IsApproved">Whether the call may run.</param>
/// <param name="Reason">Why, or why not; null if the person gave no reason.</param>
public sealed record AgUiAnswer(string Interrupt, bool IsApproved, string? Reason);
