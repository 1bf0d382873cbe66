using Microsoft.Extensions.Options;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Tests.Upstream.Loops;
using Passwindow.Upstream;
using Passwindow.Upstream.Loops;

namespace Passwindow.Tests.Upstream;

/// <summary>Upstreams whose connections are read by .NET or by loops of ours.</summary>
public abstract class ConnectedUpstreams : IDisposable
{
    private readonly Lazy<ReadLoops> _loops = new(static () => new(Options.Create(new PasswindowOptions()), new NoRounds()));

    private protected virtual bool OverLoops => false;

    private protected ReadLoops Loops => _loops.Value;

    private protected HttpUpstream Of(Uri address, TimeProvider? time = null, HttpMessageInvoker? http = null) =>
        Asking.Of(address, time, http ?? UpstreamHttp.Create(loops: OverLoops ? _loops.Value : null));

    private protected async Task<(string Text, List<ChatEvent> Events, UpstreamException? Failure)> AskAsync(
        Func<UpstreamExchange, Task> script, ChatRequest? request = null, TimeProvider? time = null)
    {
        await using var server = new ScriptedUpstream(script);
        return await Of(server.BaseAddress, time).AllAsync(request).WaitAsync(Asking.Patience);
    }

    public void Dispose()
    {
        if (_loops.IsValueCreated)
            _loops.Value.Dispose();
        GC.SuppressFinalize(this);
    }
}
