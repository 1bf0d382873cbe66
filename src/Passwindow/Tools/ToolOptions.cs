namespace Passwindow;

/// <summary>How the server treats one tool.</summary>
public sealed class ToolOptions
{
    /// <summary>
    /// Whether a person must say yes before each call runs: the turn then waits for <c>POST /chat/turns/{turn}/approvals</c>, at most
    /// <see cref="PasswindowOptions.ApprovalTimeout"/>. Default false; true for an <c>ApprovalRequiredAIFunction</c>.
    /// </summary>
    public bool RequiresApproval { get; set; }

    /// <summary>
    /// How long one call may take; more than 0, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>. Default:
    /// <see cref="PasswindowOptions.ToolTimeout"/>.
    /// </summary>
    public TimeSpan? Timeout { get; set; }
}
