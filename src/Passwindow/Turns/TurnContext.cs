using Passwindow.Journal;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;

namespace Passwindow.Turns;

/// <summary>What a turn runs with.</summary>
/// <param name="Messages">The conversation so far, the person's message last, or the results that the client gave.</param>
/// <param name="Tools">The tools that are offered to the model.</param>
/// <param name="Runner">What runs those of the server.</param>
/// <param name="Limits">The limits.</param>
internal sealed record TurnContext(IReadOnlyList<ChatMessage> Messages, OfferedTools Tools, ToolRunner Runner, TurnLimits Limits)
{
    /// <summary>What the client's tools gave, if the turn goes on where another ended for them.</summary>
    public IReadOnlyList<ClientResult> ClientResults { get; init; } = [];

    /// <summary>Who suggests follow-up questions; null for nobody.</summary>
    public Suggestions? Suggestions { get; init; }
}
