using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Protocol;
using Passwindow.Testing;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

/// <summary>A provider that breaks off, whatever its connections are read by.</summary>
public abstract class HttpUpstreamBrokenBehaviour : ConnectedUpstreams
{
    [Theory]
    [InlineData(BodyFraming.UntilClose)]
    [InlineData(BodyFraming.Chunked)]
    [InlineData(BodyFraming.AsGiven)]
    public async Task A_connection_closed_in_the_middle_is_truncated_however_the_body_is_framed(BodyFraming framing)
    {
        var (text, _, failure) = await AskAsync(async exchange =>
        {
            await exchange.HeadAsync(framing: framing, headers: framing == BodyFraming.AsGiven ? [("Content-Length", "1000")] : []);
            await exchange.WriteAsync(PlainApi.Frame("Hel"));
            exchange.Close();
        });

        Assert.Equal("Hel", text);
        Assert.Equal((ErrorCode.UpstreamTruncated, true), (failure!.Code, failure.IsRetryable));
    }

    [Fact]
    public async Task An_answer_without_an_end_marker_whose_body_is_whole_is_truncated()
    {
        var (text, _, failure) = await AskAsync(exchange => exchange.WriteAsync(PlainApi.Frame("Hel")));

        Assert.Equal("Hel", text);
        Assert.Equal(ErrorCode.UpstreamTruncated, failure!.Code);
    }

    [Fact]
    public async Task An_end_marker_without_its_blank_line_is_an_end()
    {
        var (text, _, failure) = await AskAsync(exchange => exchange.WriteAsync("data: Hello\n\ndata: [DONE]"));

        Assert.Null(failure);
        Assert.Equal("Hello", text);
    }

    [Fact]
    public async Task A_reset_in_the_middle_is_truncated()
    {
        var read = new TaskCompletionSource();
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(PlainApi.Frame("Hel"));
            await read.Task;
            exchange.Reset();
        });
        await using var asked = Of(server.BaseAddress).Pull(PlainApi.Question);
        Assert.True(await asked.MoveNextAsync());
        read.SetResult();

        var failure = await Assert.ThrowsAsync<Protocol.Upstream.UpstreamException>(async () => await asked.MoveNextAsync());
        Assert.Equal(ErrorCode.UpstreamTruncated, failure.Code);
    }

    [Fact]
    public async Task A_chunk_size_that_is_no_number_is_malformed()
    {
        var (_, _, failure) = await AskAsync(async exchange =>
        {
            await exchange.HeadAsync();
            await exchange.RawAsync("zz\r\ndata\r\n"u8.ToArray());
            await exchange.SilenceAsync();
        });

        Assert.Equal(ErrorCode.UpstreamMalformed, failure!.Code);
    }

    [Fact]
    public async Task A_request_that_was_read_is_not_sent_again()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole));
        server.Next(exchange => exchange.RespondAsync(200, "{}"));
        server.Next(exchange =>
        {
            exchange.Close();
            return Task.CompletedTask;
        });
        var upstream = Of(server.BaseAddress);

        // The second goes over the pooled connection of the first, where a client is most tempted to try again.
        Assert.Null((await upstream.AllAsync()).Failure);
        var (_, _, failure) = await upstream.AllAsync().WaitAsync(Asking.Patience);

        Assert.Equal((ErrorCode.UpstreamUnavailable, true), (failure!.Code, failure.IsRetryable));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_pooled_connection_that_was_closed_while_idle_costs_nothing()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole));
        server.Next(async exchange =>
        {
            // Its length says where it ends, so the connection goes back to the pool; then it is closed.
            await exchange.RespondAsync(200, "{}");
            exchange.Close();
            closed.SetResult();
        });
        var upstream = Of(server.BaseAddress);
        Assert.Equal("{}", (await upstream.AllAsync()).Text);
        await closed.Task.WaitAsync(Asking.Patience);

        var (text, _, failure) = await upstream.AllAsync().WaitAsync(Asking.Patience);

        Assert.Null(failure);
        Assert.Equal("Hello", text);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(1, server.Requests[1].Connection);
    }

    [Fact]
    public async Task Nobody_at_the_port_is_unavailable()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (_, _, failure) = await Of(new($"http://{taken.LocalEndPoint}")).AllAsync().WaitAsync(Asking.Patience);

        Assert.Equal((ErrorCode.UpstreamUnavailable, true), (failure!.Code, failure.IsRetryable));
    }

    [Fact]
    public async Task A_request_that_cannot_be_spelled_is_a_fault_of_ours()
    {
        var api = PlainApi.Api with { WriteRequest = static (_, _) => throw new InvalidOperationException("secret") };
        var upstream = new HttpUpstream(UpstreamHttp.Create(), new("test", api, new("http://127.0.0.1:1"), null), TimeProvider.System, NullLogger<HttpUpstream>.Instance);
        var (_, _, failure) = await upstream.AllAsync().WaitAsync(Asking.Patience);

        Assert.Equal(ErrorCode.Internal, failure!.Code);
        Assert.DoesNotContain("secret", failure.Message);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_unavailable()
    {
        var (_, _, failure) = await Of(new("http://nobody.invalid")).AllAsync().WaitAsync(Asking.Patience);

        Assert.Equal((ErrorCode.UpstreamUnavailable, true), (failure!.Code, failure.IsRetryable));
    }

    [Fact]
    public async Task Plain_http_where_tls_was_expected_is_unavailable_for_good()
    {
        // The handshake is no request: the scripted server closes as soon as it cannot read one.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var served = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            await socket.ReceiveAsync(new byte[4096]);
        });
        var (_, _, failure) = await Of(new($"https://127.0.0.1:{port}")).AllAsync().WaitAsync(Asking.Patience);
        await served;

        Assert.Equal((ErrorCode.UpstreamUnavailable, false), (failure!.Code, failure.IsRetryable));
    }

    [Fact]
    public async Task An_answer_that_comes_before_the_request_was_read_has_its_real_status()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var served = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[100]);
            await socket.SendAsync("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });
        var (_, _, failure) = await Of(new($"http://127.0.0.1:{port}")).AllAsync(PlainApi.Question with { Options = new() { MaxOutputTokens = 20_000_000 } }).WaitAsync(Asking.Patience);
        await served;

        Assert.Equal(ErrorCode.UpstreamRefused, failure!.Code);
        Assert.Contains("413", failure.Detail);
    }
}

/// <summary>The same over .NET's own sockets, as in an app of somebody else.</summary>
public sealed class HttpUpstreamBrokenTests : HttpUpstreamBrokenBehaviour;

/// <summary>The same over loops, as in `passwindow serve`.</summary>
public sealed class HttpUpstreamBrokenOverLoopsTests : HttpUpstreamBrokenBehaviour
{
    private protected override bool OverLoops => true;
}
