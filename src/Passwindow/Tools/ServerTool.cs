using Microsoft.Extensions.AI;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Tools;

/// <summary>A tool that the server offers to the model: one it runs, or an action that it passes on to the client.</summary>
/// <param name="Declaration">What the model is told of it.</param>
/// <param name="Run">Runs it; null for an action.</param>
internal sealed record ServerTool(ToolDeclaration Declaration, Func<AIFunctionArguments, CancellationToken, ValueTask<object?>>? Run)
{
    public string Name => Declaration.Name;

    /// <summary>Whether its call is an event for the client, which nobody answers.</summary>
    public bool IsAction => Run is null;

    public bool RequiresApproval { get; init; }

    /// <summary>How long a call may take; null for the server's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What its arguments must be. An action takes what it declares and nothing else: its fields are somebody's screen.</summary>
    public ToolSchema Schema { get; } = ToolSchema.Read(Declaration.Parameters, isClosed: Run is null);
}
