namespace Passwindow.Protocol;

/// <summary>What a turn cost, as far as the provider said. Absent numbers stay absent: they are not zero.</summary>
public sealed record Usage
{
    /// <summary>Tokens of the prompt, cached ones included.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens that were generated.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Generated tokens that were thinking.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>Prompt tokens that came from the provider's cache.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>The sum of two answers within one turn; a number that only one of them knows is kept.</summary>
    public static Usage operator +(Usage left, Usage right) => new()
    {
        InputTokens = Add(left.InputTokens, right.InputTokens),
        OutputTokens = Add(left.OutputTokens, right.OutputTokens),
        ReasoningTokens = Add(left.ReasoningTokens, right.ReasoningTokens),
        CachedTokens = Add(left.CachedTokens, right.CachedTokens),
    };

    private static long? Add(long? left, long? right) => left is null ? right : left + (right ?? 0);
}
