namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>How turns end, in Anthropic's words.</summary>
internal static class AnthropicWords
{
    /// <summary>The <c>stop_reason</c>; null for an end that is not the model's own.</summary>
    /// <param name="finishReason">How the turn ended.</param>
    /// <param name="upstreamReason">The provider's own word: it is kept where it is one of the API's and says the same more exactly.</param>
    public static string? StopReason(string? finishReason, string? upstreamReason) => (finishReason, upstreamReason) switch
    {
        ("stop", "stop_sequence" or "pause_turn") => upstreamReason,
        ("stop", _) => "end_turn",
        ("length", "model_context_window_exceeded") => upstreamReason,
        ("length", _) => "max_tokens",
        ("content_filter", _) => "refusal",
        ("tool_calls", _) => "tool_use",
        ("tool_limit", _) => "pause_turn", // what the API says where its own tools were called too often
        _ => null,
    };
}
