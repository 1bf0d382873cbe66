using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Passwindow.Protocol;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

/// <summary>Over HTTP/2 a turn is a stream of a connection that others share: it is reset, the connection stays.</summary>
public abstract class HttpUpstreamHttp2Behaviour : ConnectedUpstreams, IAsyncLifetime
{
    private static readonly X509Certificate2 Own = Certificate();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _protocol = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SocketsHttpHandler _handler = UpstreamHttp.CreateHandler();
    private WebApplication _server = null!;
    private HttpUpstream _upstream = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(Own);
        }));
        _server = builder.Build();
        _server.MapPost("/chat/completions", async context =>
        {
            _protocol.TrySetResult(context.Request.Protocol);
            context.RequestAborted.Register(() => _gone.TrySetResult());
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.WriteAsync(PlainApi.Frame("Hel"));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        });
        await _server.StartAsync();
        _handler.SslOptions.RemoteCertificateValidationCallback = static (_, given, _, _) => given?.GetCertHashString() == Own.Thumbprint;
        if (OverLoops)
            _handler.ConnectCallback = Loops.ConnectAsync;
        _upstream = Asking.Of(new(_server.Urls.First()), http: new(_handler));
    }

    [Fact]
    public async Task Cancelling_while_reading_resets_the_stream()
    {
        using var cancel = new CancellationTokenSource();
        await using var asked = _upstream.Pull(PlainApi.Question, cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        Assert.Equal("HTTP/2", await _protocol.Task);
        var next = asked.MoveNextAsync().AsTask();
        cancel.Cancel();

        await _gone.Task.WaitAsync(Asking.Patience);
        await Assert.ThrowsAsync<OperationCanceledException>(() => next.WaitAsync(Asking.Patience));
    }

    [Fact]
    public async Task Cancelling_between_two_reads_resets_the_stream_though_nobody_pulls()
    {
        using var cancel = new CancellationTokenSource();
        await using var asked = _upstream.Pull(PlainApi.Question, cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        cancel.Cancel();

        await _gone.Task.WaitAsync(Asking.Patience);
    }

    [Fact]
    public async Task A_stream_that_the_provider_resets_is_truncated()
    {
        await using var asked = _upstream.Pull(PlainApi.Question);
        Assert.True(await asked.MoveNextAsync());
        var next = asked.MoveNextAsync().AsTask();
        using var now = new CancellationTokenSource();
        now.Cancel();
        await _server.StopAsync(now.Token);

        var failure = await Assert.ThrowsAsync<Protocol.Upstream.UpstreamException>(() => next.WaitAsync(Asking.Patience));
        Assert.Equal(ErrorCode.UpstreamTruncated, failure.Code);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_unavailable_for_good()
    {
        var (_, _, failure) = await Of(new(_server.Urls.First())).AllAsync().WaitAsync(Asking.Patience);

        Assert.Equal((ErrorCode.UpstreamUnavailable, false), (failure!.Code, failure.IsRetryable));
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        now.Cancel();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
        Dispose();
        _handler.Dispose();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}

/// <summary>The same over .NET's own sockets, as in an app of somebody else.</summary>
public sealed class HttpUpstreamHttp2Tests : HttpUpstreamHttp2Behaviour;

/// <summary>The same, TLS and all, over loops, as in `passwindow serve`.</summary>
public sealed class HttpUpstreamHttp2OverLoopsTests : HttpUpstreamHttp2Behaviour
{
    private protected override bool OverLoops => true;
}
