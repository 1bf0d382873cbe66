namespace Passwindow;

/// <summary>When an event counts as durable, and may be shown.</summary>
public enum Durability
{
    /// <summary>When the disk says so. What was shown survives a power cut.</summary>
    Fsync,

    /// <summary>When the operating system has it. What was shown survives the process; a power cut may take up to about 30 seconds of it.</summary>
    Os,
}
