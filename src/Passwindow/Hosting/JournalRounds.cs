using Microsoft.Extensions.DependencyInjection;
using Passwindow.Journal;
using Passwindow.Upstream.Loops;

namespace Passwindow.Hosting;

/// <summary>Has what upstreams said in one round committed together.</summary>
internal sealed class JournalRounds(IServiceProvider services) : IReadRounds
{
    // At the first round and not before: the journal is opened by the host's start.
    private readonly Lazy<IAppendsInRows?> _journal = new(() => services.GetRequiredService<IJournal>() as IAppendsInRows);

    public void Begin() => _journal.Value?.BeginRow();

    public void End() => _journal.Value?.EndRow();
}
