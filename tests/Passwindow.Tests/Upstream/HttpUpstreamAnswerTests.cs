using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Upstream;

public class HttpUpstreamAnswerTests
{
    [Fact]
    public async Task An_answer_is_one_post_with_its_key_and_asks_for_no_compression()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole));
        var (text, events, failure) = await Asking.Of(new(server.BaseAddress, "v1/?a=b")).AllAsync();

        Assert.Null(failure);
        Assert.Equal("Hello", text);
        Assert.IsType<AnswerEnded>(events[^1]);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v1/chat/completions?a=b"), (request.Method, request.Target));
        Assert.Equal($"Bearer {PlainApi.Key}", request.Headers["Authorization"]);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal("identity", request.Headers["Accept-Encoding"]);
        Assert.False(request.Headers.ContainsKey("Expect"));
        Assert.Equal("m", request.Json.GetProperty("model").GetString());
    }

    [Fact]
    public async Task What_arrived_together_is_given_without_a_pause_in_between()
    {
        byte[] frames = [.. Enumerable.Range(0, 50).SelectMany(number => PlainApi.Frame($"{number} ")), .. PlainApi.Frame("[DONE]")];
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(frames));
        await using var asked = Asking.Of(server.BaseAddress).Pull(PlainApi.Question);

        Assert.True(await asked.MoveNextAsync());
        for (var number = 1; number <= 50; number++)
        {
            var next = asked.MoveNextAsync();
            Assert.True(next.IsCompletedSuccessfully, $"Event {number} was waited for.");
            Assert.True(await next);
        }
    }

    [Fact]
    public async Task What_comes_after_the_end_is_not_waited_for()
    {
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(PlainApi.Whole);
            await exchange.WriteAsync(PlainApi.Frame("more"));
            await exchange.SilenceAsync();
        });
        var (text, _, failure) = await Asking.Of(server.BaseAddress).AllAsync().WaitAsync(Asking.Patience);

        Assert.Null(failure);
        Assert.Equal("Hello", text);
        await server.Exchanges[0].ClientGone.WaitAsync(Asking.Patience);
    }

    [Fact]
    public async Task A_json_document_is_taken_as_one_piece()
    {
        var (text, events, failure) = await Asking.AskAsync(exchange => exchange.RespondAsync(200, """{"whole":true}""", "application/json; charset=utf-8"));

        Assert.Null(failure);
        Assert.Equal("""{"whole":true}""", text);
        Assert.IsType<AnswerEnded>(events[^1]);
    }

    [Fact]
    public async Task A_json_document_that_is_cut_is_truncated()
    {
        var (text, _, failure) = await Asking.AskAsync(async exchange =>
        {
            await exchange.HeadAsync(200, "application/json", BodyFraming.AsGiven, ("Content-Length", "100"));
            await exchange.WriteAsync("""{"whole":""");
            exchange.Close();
        });

        Assert.Equal("", text);
        Assert.Equal(ErrorCode.UpstreamTruncated, failure!.Code);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("text/plain")]
    [InlineData("application/x-ndjson")]
    public async Task What_is_no_event_stream_is_malformed(string type)
    {
        var (text, _, failure) = await Asking.AskAsync(exchange => exchange.RespondAsync(200, "data: Hi\n\ndata: [DONE]\n\n", type));

        Assert.Equal("", text);
        Assert.Equal(ErrorCode.UpstreamMalformed, failure!.Code);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity, deflate")]
    public async Task A_compressed_answer_that_nobody_asked_for_is_refused(string coding)
    {
        var (_, _, failure) = await Asking.AskAsync(exchange => exchange.HeadAsync(headers: ("Content-Encoding", coding)));

        Assert.Equal(ErrorCode.UpstreamMalformed, failure!.Code);
        Assert.Contains(coding, failure.Detail);
    }

    [Fact]
    public async Task Headers_without_end_are_malformed()
    {
        var (_, _, failure) = await Asking.AskAsync(exchange => exchange.HeadAsync(headers: ("X-Long", new string('x', 40 * 1024))));

        Assert.Equal(ErrorCode.UpstreamMalformed, failure!.Code);
    }

    [Fact]
    public async Task A_line_without_end_is_malformed_and_what_was_said_before_stands()
    {
        var (text, _, failure) = await Asking.AskAsync(async exchange =>
        {
            await exchange.WriteAsync(PlainApi.Frame("before"));
            var line = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            for (var sent = 0; sent < 2 << 20; sent += line.Length)
                await exchange.WriteAsync(line);
            await exchange.SilenceAsync();
        });

        Assert.Equal("before", text);
        Assert.Equal(ErrorCode.UpstreamMalformed, failure!.Code);
    }

    [Fact]
    public async Task An_error_within_the_answer_keeps_what_was_said_and_hides_the_key()
    {
        var (text, _, failure) = await Asking.AskAsync(exchange => exchange.WriteAsync((byte[])[.. PlainApi.Frame("Hel"), .. PlainApi.Frame($"fail {PlainApi.Key}")]));

        Assert.Equal("Hel", text);
        Assert.Equal((ErrorCode.UpstreamUnavailable, "fail [key]"), (failure!.Code, failure.Detail));
    }
}
