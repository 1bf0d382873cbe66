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
    /// <inheritdoc cref="TurnContext" path="/param[@name='Messages']"/>
    public IReadOnlyList<ChatMessage> Messages { get; private set; } = Messages;

    /// <summary>Waits until nothing is before the turn in its conversation, and gives its messages then; null if nothing was.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<ChatMessage>>>? WaitForMessages { get; init; }

    /// <summary>How the model is to answer.</summary>
    public SamplingOptions Options { get; init; } = SamplingOptions.Default;

    /// <summary>What the client's tools gave, if the turn goes on where another ended for them.</summary>
    public IReadOnlyList<ClientResult> ClientResults { get; init; } = [];

    /// <summary>Who suggests follow-up questions; null for nobody.</summary>
    public Suggestions? Suggestions { get; init; }

    /// <summary>Waits for the turn's place in its conversation.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (WaitForMessages is not null)
            Messages = await WaitForMessages(cancellation);
    }
}
