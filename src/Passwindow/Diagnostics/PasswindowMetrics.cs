using System.Diagnostics.Metrics;
using Passwindow.Protocol;

namespace Passwindow.Diagnostics;

/// <summary>
/// What is measured, under the meter <c>Passwindow</c>. No tag holds what a client chose (a model, a tenant): the number of time series is
/// bounded by ours.
/// </summary>
internal sealed class PasswindowMetrics
{
    /// <summary>The meter's name, for <c>AddMeter</c>.</summary>
    public const string MeterName = "Passwindow";

    private readonly UpDownCounter<long> _running;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _abandonedTokens;
    private readonly UpDownCounter<long> _viewers;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _failovers;

    public PasswindowMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _running = meter.CreateUpDownCounter<long>("passwindow.turns.running", "{turn}", "Turns that run or wait in their conversation.");
        _ended = meter.CreateCounter<long>("passwindow.turns.ended", "{turn}", "Turns that have ended, by finish_reason.");
        _firstToken = meter.CreateHistogram<double>("passwindow.first_token", "s", "From the start of a turn to its first token.");
        _duration = meter.CreateHistogram<double>("passwindow.turn.duration", "s", "From the start of a turn to its end.");
        _abandonedTokens = meter.CreateCounter<long>("passwindow.abandoned_tokens", "{token}", "Pieces of answers that were made after the last viewer had left.");
        _viewers = meter.CreateUpDownCounter<long>("passwindow.viewers", "{viewer}", "Open responses that stream a turn.");
        _retries = meter.CreateCounter<long>("passwindow.upstream.retries", "{request}", "Models that were asked again before their first token.");
        _failovers = meter.CreateCounter<long>("passwindow.upstream.failovers", "{request}", "Models that were asked instead of one that had failed.");
    }

    public void TurnBegan() => _running.Add(1);

    /// <summary>A turn has ended; null as reason if the journal could not keep its end.</summary>
    public void TurnEnded(FinishReason? reason, TimeSpan? firstToken, TimeSpan duration, int tokensToNobody)
    {
        _running.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("finish_reason", reason is { } known ? Words.Of(known) : "unknown"));
        _duration.Record(duration.TotalSeconds);
        if (firstToken is { } first)
            _firstToken.Record(first.TotalSeconds);
        if (tokensToNobody > 0)
            _abandonedTokens.Add(tokensToNobody);
    }

    public void ViewerCame() => _viewers.Add(1);

    public void ViewerLeft() => _viewers.Add(-1);

    public void Retried() => _retries.Add(1);

    public void FailedOver() => _failovers.Add(1);
}
