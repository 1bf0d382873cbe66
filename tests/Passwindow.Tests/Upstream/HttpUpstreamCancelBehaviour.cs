using System.Net.Sockets;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Upstream;

/// <summary>A turn that is cut short leaves the provider at once, whatever its connections are read by.</summary>
public abstract class HttpUpstreamCancelBehaviour : ConnectedUpstreams
{
    [Fact]
    public async Task Cancelling_before_the_headers_closes_the_providers_socket()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.SilenceAsync());
        using var cancel = new CancellationTokenSource();
        var asked = Of(server.BaseAddress).AllAsync(null, cancel.Token);
        var exchange = await server.ExchangeAsync(0).WaitAsync(Asking.Patience);
        cancel.Cancel();

        await Assert.ThrowsAsync<OperationCanceledException>(() => asked.WaitAsync(Asking.Patience));
        await GonePromptly(exchange);
    }

    [Fact]
    public async Task Cancelling_while_reading_closes_the_providers_socket()
    {
        await using var server = new ScriptedUpstream(Half);
        using var cancel = new CancellationTokenSource();
        await using var asked = Of(server.BaseAddress).Pull(PlainApi.Question, cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        var next = asked.MoveNextAsync().AsTask();
        cancel.Cancel();

        await GonePromptly(server.Exchanges[0]);
        await Assert.ThrowsAsync<OperationCanceledException>(() => next.WaitAsync(Asking.Patience));
    }

    [Fact]
    public async Task Cancelling_between_two_reads_closes_the_providers_socket_though_nobody_pulls()
    {
        await using var server = new ScriptedUpstream(Half);
        using var cancel = new CancellationTokenSource();
        await using var asked = Of(server.BaseAddress).Pull(PlainApi.Question, cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        cancel.Cancel();

        await GonePromptly(server.Exchanges[0]);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await asked.MoveNextAsync());
    }

    [Fact]
    public async Task Leaving_without_cancelling_closes_the_providers_socket()
    {
        await using var server = new ScriptedUpstream(Half);
        await Of(server.BaseAddress).AskAsync(PlainApi.Question, new Listener(static _ => false), default).WaitAsync(Asking.Patience);

        await GonePromptly(server.Exchanges[0]);
    }

    [Fact]
    public async Task What_the_listener_throws_is_no_failure_of_the_provider_and_closes_its_socket()
    {
        await using var server = new ScriptedUpstream(Half);
        var ours = new IOException("the disk");
        var asked = Of(server.BaseAddress).AskAsync(PlainApi.Question, new Listener(_ => throw ours), default);

        Assert.Same(ours, await Assert.ThrowsAsync<IOException>(() => asked.WaitAsync(Asking.Patience)));
        await GonePromptly(server.Exchanges[0]);
    }

    [Fact]
    public async Task A_provider_that_goes_on_sending_is_cut_off()
    {
        await using var server = new ScriptedUpstream(async exchange =>
        {
            try
            {
                for (var number = 0; ; number++)
                    await exchange.WriteAsync(PlainApi.Frame($"{number}"));
            }
            catch (SocketException)
            {
                await exchange.SilenceAsync();
            }
        });
        using var cancel = new CancellationTokenSource();
        await using var asked = Of(server.BaseAddress).Pull(PlainApi.Question, cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        cancel.Cancel();

        await GonePromptly(server.Exchanges[0]);
    }

    private static async Task Half(UpstreamExchange exchange)
    {
        await exchange.WriteAsync(PlainApi.Frame("Hel"));
        await exchange.SilenceAsync();
    }

    /// <summary>A response that is drained, as the handler's default is, would take two seconds.</summary>
    private static async Task GonePromptly(UpstreamExchange exchange)
    {
        var from = TimeProvider.System.GetTimestamp();
        var gone = await exchange.ClientGone.WaitAsync(Asking.Patience);
        Assert.InRange(TimeProvider.System.GetElapsedTime(from, gone.At), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }
}

/// <summary>The same over .NET's own sockets, as in an app of somebody else.</summary>
public sealed class HttpUpstreamCancelTests : HttpUpstreamCancelBehaviour;

/// <summary>The same over loops, as in `passwindow serve`.</summary>
public sealed class HttpUpstreamCancelOverLoopsTests : HttpUpstreamCancelBehaviour
{
    private protected override bool OverLoops => true;
}
