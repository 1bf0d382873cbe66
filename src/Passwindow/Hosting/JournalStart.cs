using Microsoft.Extensions.Hosting;
using Passwindow.Journal;

namespace Passwindow.Hosting;

/// <summary>Has the journal opened before the first request: a folder in use, or damage, stops the start and not a user.</summary>
internal sealed class JournalStart(IJournal journal) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        journal.Health is { IsWritable: false, Reason: var reason } ? throw new JournalUnavailableException(reason ?? "The journal takes no writes.") : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
