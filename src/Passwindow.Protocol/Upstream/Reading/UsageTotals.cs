namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>
/// The counts of one answer. Providers report totals, some in every event: the last number wins, and a number that a later report leaves
/// out is kept.
/// </summary>
internal sealed class UsageTotals
{
    private Usage _last = new();

    /// <summary>Takes a report, and says it if it told anything new.</summary>
    public void Report(Usage report, ICollection<ChatEvent> said)
    {
        var merged = new Usage
        {
            InputTokens = report.InputTokens ?? _last.InputTokens,
            OutputTokens = report.OutputTokens ?? _last.OutputTokens,
            ReasoningTokens = report.ReasoningTokens ?? _last.ReasoningTokens,
            CachedTokens = report.CachedTokens ?? _last.CachedTokens,
        };
        if (merged == _last)
            return;
        _last = merged;
        said.Add(new UsageReported(merged));
    }
}
