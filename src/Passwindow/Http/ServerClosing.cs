using Microsoft.Extensions.Hosting;
using Passwindow.Turns;

namespace Passwindow.Http;

/// <summary>
/// Goes down in order: no new turns, running ones end as <c>interrupted</c>, their viewers see it, and only then do responses that are
/// still open end. It begins when the host says that it stops, because the web server, which stops first, waits for open responses.
/// </summary>
internal sealed class ServerClosing(IHostApplicationLifetime lifetime, Lazy<RunningTurns> turns, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>How long the turns' ends may take to commit before viewers are sent away without them.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _responsesEnd = new();
    private CancellationTokenRegistration _stopping;
    private Task _closing = Task.CompletedTask;
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    /// <summary>Cancelled when responses that are still open must end.</summary>
    public CancellationToken ResponsesEnd => _responsesEnd.Token;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(() => _closing = CloseAsync());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _closing.WaitAsync(cancellationToken);

    public void Dispose()
    {
        _stopping.Dispose();
        _responsesEnd.Dispose();
    }

    private async Task CloseAsync()
    {
        _hasBegun = true;
        try
        {
            await turns.Value.CloseAsync().WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            // Recovery ends what could not be ended now.
        }

        await _responsesEnd.CancelAsync();
    }
}
