namespace Passwindow.Protocol.Dialects.Native;

/// <summary>What becomes of a new turn when its conversation has a running one: <c>if_active</c>.</summary>
public enum IfActive
{
    /// <summary>It is refused.</summary>
    Reject,

    /// <summary>The running turn, and those that wait behind it, are stopped; then it runs.</summary>
    Interrupt,

    /// <summary>It waits for the turns before it.</summary>
    Enqueue,
}
