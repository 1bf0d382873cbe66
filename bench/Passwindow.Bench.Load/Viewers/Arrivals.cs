namespace Passwindow.Bench.Load.Viewers;

/// <summary>What reached all viewers.</summary>
internal sealed class Arrivals
{
    /// <summary>Whether the window is open.</summary>
    public bool IsCounting { get; set; }

    /// <summary>Tokens since the beginning.</summary>
    public long All { get; private set; }

    /// <summary>Tokens within the window.</summary>
    public long Delivered { get; private set; }

    public DelayCounts Delays { get; } = new();

    public long OutOfOrder { get; set; }

    /// <summary>The first answer that was no stream.</summary>
    public string? Complaint { get; private set; }

    public void Count(long delay)
    {
        All++;
        if (!IsCounting)
            return;
        Delivered++;
        Delays.Add(delay);
    }

    public void Complain(string what) => Complaint ??= what;
}
