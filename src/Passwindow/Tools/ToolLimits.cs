namespace Passwindow.Tools;

/// <summary>The limits of tools.</summary>
/// <param name="Timeout">How long one call may take, where the tool does not say otherwise.</param>
/// <param name="Approval">How long a person may take to a yes or no.</param>
internal sealed record ToolLimits(TimeSpan Timeout, TimeSpan Approval)
{
    /// <summary>The largest result of one call, in bytes of JSON.</summary>
    public const int MaxResultBytes = 256 * 1024;

    /// <summary>The longest error that a tool may tell, in characters.</summary>
    public const int MaxErrorLength = 4096;

    /// <summary>How many calls of one round run at once.</summary>
    public const int MaxParallelCalls = 32;

    /// <summary>How many calls of one round are run at all.</summary>
    public const int MaxCallsPerRound = 128;
}
