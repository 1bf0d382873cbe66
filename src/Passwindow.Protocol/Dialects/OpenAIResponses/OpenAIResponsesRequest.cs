namespace Passwindow.Protocol.Dialects.OpenAIResponses;

/// <summary>The body of <c>POST /v1/responses</c>.</summary>
/// <param name="History">The input, the tools and how the model is to answer.</param>
public sealed record OpenAIResponsesRequest(HistoryRequest History)
{
    /// <summary>What the operator tells the model, for this response alone; null for nothing.</summary>
    public string? Instructions { get; init; }

    /// <summary>The id of the response that this one continues; null for none.</summary>
    public string? PreviousResponse { get; init; }

    /// <summary>The id of the conversation that it continues; null for none.</summary>
    public string? Conversation { get; init; }

    /// <summary>Whether the answer is a stream of events.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the response is made to its end though nobody watches.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether it may be asked for again, and continued; null if the request does not say.</summary>
    public bool? Store { get; init; }

    /// <summary>The types of tools that run at the provider: only one that speaks this API has them.</summary>
    public IReadOnlyList<string> HostedTools { get; init; } = [];

    /// <summary>The ids of items of earlier responses that the input only names.</summary>
    public IReadOnlyList<string> References { get; init; } = [];
}
