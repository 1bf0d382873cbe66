using Passwindow.Clock;

namespace Passwindow.Server;

/// <summary>Something of the server's that looks after the process, at the pulse, from the server's start to its end.</summary>
internal abstract class PulsedService(Pulse pulse) : IHostedService, IPulsed
{
    private IDisposable? _pulsing;

    protected Pulse Pulse => pulse;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _pulsing = pulse.Add(this);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _pulsing?.Dispose();
        return Task.CompletedTask;
    }

    public abstract TimeSpan OnPulse();
}
