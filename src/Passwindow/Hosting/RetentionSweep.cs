using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Passwindow.Journal;
using Passwindow.Turns;

namespace Passwindow.Hosting;

/// <summary>
/// Deletes conversations that are older than <see cref="PasswindowOptions.Retention"/>, a bounded number at a time. A sweep that found more
/// than it may delete is followed by the next after a minute.
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

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The first comes soon: a server that is restarted every night must not keep everything.
        if (Retention != Timeout.InfiniteTimeSpan)
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
        int deleted = 0;
        bool isFull = false;
        try
        {
            var now = time.GetUtcNow();
            var before = now - DateTimeOffset.MinValue > Retention ? now - Retention : DateTimeOffset.MinValue;
            var idle = await journal.ListIdleAsync(before, MaxDeletions, _stopping.Token);
            isFull = idle.Count == MaxDeletions;
            foreach (var entry in idle)
            {
                _stopping.Token.ThrowIfCancellationRequested();
                if (await turns.DeleteIdleAsync(entry.Key, before, _stopping.Token))
                    deleted++;
            }
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

        if (deleted > 0)
            LogDeleted(deleted, Retention);
        var next = isFull ? Soonest : TimeSpan.FromTicks(Math.Clamp(Retention.Ticks / 24, Soonest.Ticks, Latest.Ticks));
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested)
                _timer!.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Deleted} conversations whose last turn is older than {Retention} (Passwindow:Retention).")]
    private partial void LogDeleted(int deleted, TimeSpan retention);

    [LoggerMessage(Level = LogLevel.Error, Message = "Old conversations could not be deleted; the next sweep tries again.")]
    private partial void LogFailed(Exception failure);
}
