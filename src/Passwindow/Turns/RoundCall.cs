using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;

namespace Passwindow.Turns;

/// <summary>One call of a round, looked at: who answers it, or why nobody does.</summary>
/// <param name="Id">The call.</param>
/// <param name="Name">The tool.</param>
/// <param name="Written">The arguments as the model wrote them.</param>
internal sealed record RoundCall(string Id, string Name, byte[] Written)
{
    /// <summary>The arguments, if they are a JSON object.</summary>
    public JsonElement Arguments { get; init; }

    /// <summary>The tool, if the server has it.</summary>
    public ServerTool? Tool { get; init; }

    /// <summary>Why it is not run, in words for the model; null if it is, or if the client runs it.</summary>
    public string? Refusal { get; init; }

    /// <summary>Whether it is refused because its arguments are not what the tool takes.</summary>
    public bool IsMalformed { get; init; }

    /// <summary>The person's yes or no, if the tool needs one.</summary>
    public Task<Approval>? Approval { get; init; }

    /// <summary>Whether the client owes the answer.</summary>
    public bool IsClients => Tool is null && Refusal is null;

    public ToolCallPart ToPart() => new(Id, Name, Encoding.UTF8.GetString(Written));
}
