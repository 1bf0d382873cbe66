using System.Net;
using System.Text;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Testing;

public sealed class ScriptedUpstreamTests(ITestOutputHelper log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Tokens_leave_one_by_one_through_a_gate()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await gate.Task;
            await exchange.WriteAsync(ChatChunks.Text("lo"));
            await exchange.WriteAsync(ChatChunks.Done);
        });
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        await using var client = await OpenAsync(http);

        Assert.Contains("\"Hel\"", (await client.NextAsync())!.Value.Data);
        var second = client.NextAsync();
        Assert.False(second.IsCompleted);
        gate.SetResult();
        Assert.Contains("\"lo\"", (await second)!.Value.Data);
        Assert.Equal([new StreamEvent("message", "[DONE]")], await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_request_is_recorded_as_it_came_and_one_connection_serves_several()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.RespondAsync(200, "{}"));
        upstream.Next(exchange => exchange.RespondAsync(429, "slow", "text/plain", ("Retry-After", "3")));
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        http.DefaultRequestHeaders.Add("X-Key", "secret");

        using var refused = await http.PostAsync("v1/chat?x=1", new StringContent("""{"n":1}"""));
        await refused.Content.ReadAsStringAsync();
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "v1/two") { Content = new StringContent("""{"n":2}""") };
        chunked.Headers.TransferEncodingChunked = true;
        using var accepted = await http.SendAsync(chunked);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("3", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        Assert.Equal(["POST /v1/chat?x=1 1", "POST /v1/two 2"], upstream.Requests.Select(r => $"{r.Method} {r.Target} {r.Json.GetProperty("n")}"));
        Assert.Equal("secret", upstream.Requests[0].Headers["x-key"]);
        Assert.Equal(1, upstream.ConnectionCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_clients_leaving_is_seen_while_the_script_waits(bool reset)
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("a"));
            await exchange.SilenceAsync();
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, upstream.BaseAddress);
        await using var client = await EventStreamClient.ConnectAsync(request);
        await client.NextAsync();
        var exchange = await upstream.ExchangeAsync(0);
        Assert.False(exchange.ClientGone.IsCompleted);

        if (reset)
            client.Cut();
        else
            await client.DisposeAsync();

        var departure = await exchange.ClientGone.WaitAsync(Patience);
        Assert.Equal(reset, departure.Reset);
        Assert.True(departure.At >= exchange.Request.At);
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_reads_is_seen_too()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.HeadAsync();
            await exchange.SilenceAsync();
        });
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        await using var client = await OpenAsync(http);
        var next = client.NextAsync();

        client.Cut();

        Assert.False((await upstream.Exchanges[0].ClientGone.WaitAsync(Patience)).Reset);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_client_whose_answer_was_whole_has_not_gone()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.RespondAsync(200, "{}"));
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        await http.GetStringAsync("");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upstream.Exchanges[0].ClientGone.WaitAsync(Patience));
    }

    [Theory]
    [InlineData("fin", BodyFraming.Chunked)]
    [InlineData("rst", BodyFraming.Chunked)]
    [InlineData("rst", BodyFraming.UntilClose)]
    public async Task A_body_that_breaks_off_is_an_error_to_the_client(string how, BodyFraming framing)
    {
        var read = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.HeadAsync(framing: framing);
            await exchange.WriteAsync(ChatChunks.Text("a"));
            await read.Task;
            if (how == "fin")
                exchange.Close();
            else
                exchange.Reset();
        });
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        await using var client = await OpenAsync(http);
        await client.NextAsync();
        read.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => client.NextAsync());
    }

    [Fact]
    public async Task Without_length_the_body_ends_with_the_connection()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.HeadAsync(framing: BodyFraming.UntilClose);
            await exchange.WriteAsync("data: a\n\n");
        });
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        Assert.Equal("data: a\n\n", await http.GetStringAsync(""));
        Assert.Equal("data: a\n\n", await http.GetStringAsync(""));
        Assert.Equal(2, upstream.ConnectionCount);
    }

    [Fact]
    public async Task A_recording_arrives_byte_for_byte_however_it_is_cut()
    {
        int seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var recording = ChatChunks.Answer("Grüße", " 👩‍👩‍👧", "\n\n");
        await using var upstream = new ScriptedUpstream(exchange => exchange.ReplayAsync(recording, random, pieces: random.Next(1, 60)));
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        for (int i = 0; i < 20; i++)
        {
            await using var client = await OpenAsync(http);
            var events = await client.ReadToEndAsync();
            Assert.Equal(recording, client.Raw);
            Assert.Equal(Encoding.UTF8.GetString(recording), string.Concat(events.Select(e => $"data: {e.Data}\n\n")));
        }
    }

    [Fact]
    public async Task A_script_that_fails_fails_the_test()
    {
        var upstream = new ScriptedUpstream(_ => throw new InvalidOperationException("wrong model"));
        using var http = new HttpClient { BaseAddress = upstream.BaseAddress };
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(""));
        var fault = await Assert.ThrowsAsync<AggregateException>(async () => await upstream.DisposeAsync());
        Assert.Equal("wrong model", fault.InnerException!.Message);
    }

    private static Task<EventStreamClient> OpenAsync(HttpClient http) => EventStreamClient.GetAsync(http, "");
}
