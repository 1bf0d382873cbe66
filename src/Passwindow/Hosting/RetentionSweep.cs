using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Passwindow.Journal;
using Passwindow.Turns;

namespace Passwindow.Hosting;

/// <summary>
/// Deletes conversations that are older than <see cref="PasswindowOptions.Retention"/>, or, where no list shows them, than
/// <see cref="PasswindowOptions.UnlistedRetention"/>, a bounded number at a time. A sweep that found more than it may delete is followed by the
/// next after a minute.
/// </summary>
internal sealed partial class RetentionSweep(
    IOptions<PasswindowOptions> options, IJournal journal, RunningTurns turns, TimeProvider time, ILogger<RetentionSweep> log) : IHostedService, IAsyncDisposable
{
    /// <summary>How many conversations one sweep deletes at most.</summary>
    public const int MaxDeletions = 1_000;

    private static readonly TimeSpan Soonest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Latest = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private Task _sweep = Task.CompletedTask;

    private TimeSpan Retention => options.Value.Retention;

    private TimeSpan UnlistedRetention => options.Value.UnlistedRetention;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The first comes soon: a server that is restarted every night must not keep everything.
        if (Retention != Timeout.InfiniteTimeSpan || UnlistedRetention != Timeout.InfiniteTimeSpan)
            _timer = time.CreateTimer(_ => Begin(), state: null, Soonest, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        Task sweep;
        lock (_gate)
            sweep = _sweep;
        await sweep.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
            await _timer.DisposeAsync();
        _stopping.Dispose();
    }

    private void Begin()
    {
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
                _sweep = Task.Run(SweepAsync);
        }
    }

    private async Task SweepAsync()
    {
        bool isFull = false;
        try
        {
            isFull = await SweepAsync(Retention, onlyUnlisted: false) | await SweepAsync(UnlistedRetention, onlyUnlisted: true);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The server goes down; the next one goes on.
        }
        catch (JournalUnavailableException)
        {
            // The journal says so itself, in the log and in its health.
        }
        catch (Exception e)
        {
            LogFailed(e);
        }

        var next = isFull ? Soonest : TimeSpan.FromTicks(Math.Clamp(Shorter().Ticks / 24, Soonest.Ticks, Latest.Ticks));
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
                _timer!.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    /// <returns>Whether there may be more than one sweep deletes.</returns>
    private async Task<bool> SweepAsync(TimeSpan retention, bool onlyUnlisted)
    {
        if (retention == Timeout.InfiniteTimeSpan)
            return false;
        int deleted = 0;
        try
        {
            var now = time.GetUtcNow();
            var before = now - DateTimeOffset.MinValue > retention ? now - retention : DateTimeOffset.MinValue;
            var idle = await journal.ListIdleAsync(before, onlyUnlisted, MaxDeletions, _stopping.Token);
            foreach (var entry in idle)
            {
                _stopping.Token.ThrowIfCancellationRequested();
                if (await turns.DeleteIdleAsync(entry.Key, before, _stopping.Token))
                    deleted++;
            }

            return idle.Count == MaxDeletions;
        }
        finally
        {
            if (deleted > 0)
                LogDeleted(deleted, retention, onlyUnlisted ? nameof(options.Value.UnlistedRetention) : nameof(options.Value.Retention));
        }
    }

    private TimeSpan Shorter() =>
        Retention == Timeout.InfiniteTimeSpan || (UnlistedRetention != Timeout.InfiniteTimeSpan && UnlistedRetention < Retention) ? UnlistedRetention : Retention;

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Deleted} conversations whose last turn is older than {Retention} (Passwindow:{Setting}).")]
    private partial void LogDeleted(int deleted, TimeSpan retention, string setting);

    [LoggerMessage(Level = LogLevel.Error, Message = "Old conversations could not be deleted; the next sweep tries again.")]
    private partial void LogFailed(Exception failure);
}
