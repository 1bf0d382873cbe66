namespace Passwindow.Bench.Load;

/// <summary>What came of a <see cref="LoadCommand"/>: a line of JSON on standard output.</summary>
internal sealed record LoadResult
{
    /// <summary>Why there is nothing to report; null if there is.</summary>
    public string? Failure { get; init; }

    /// <summary>Tokens that reached viewers within the window.</summary>
    public long Delivered { get; init; }

    /// <summary>Over the whole run: tokens that should have reached viewers and did not.</summary>
    public long Lost { get; init; }

    /// <summary>Over the whole run: tokens that came twice, out of order, or from another turn.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>Responses that were asked for.</summary>
    public int Opened { get; init; }

    /// <summary>Responses that were refused, broke off or did not end.</summary>
    public int Failed { get; init; }

    /// <summary>User and system time of the server's processes within the window, in nanoseconds.</summary>
    public long CpuNanoseconds { get; init; }

    public long WindowNanoseconds { get; init; }

    /// <summary>The load's own CPU time within the window, as a share of it: near 1 the load is the limit, not the server.</summary>
    public double LoadShare { get; init; }

    /// <summary>What the scenario times: the provider's stamp to the viewer, the added first token, the closing.</summary>
    public Delays? Delays { get; init; }

    /// <summary>Resident memory of the server's processes before the first stream, at the window's end, and after everything.</summary>
    public long BytesBefore { get; init; }

    public long BytesDuring { get; init; }

    public long BytesAfter { get; init; }
}

/// <summary>Delays in milliseconds.</summary>
internal sealed record Delays(long Count, double P50, double P99, double P999, double Most);
