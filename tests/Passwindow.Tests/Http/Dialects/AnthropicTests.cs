using System.Text;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http.Dialects;

/// <summary><c>/v1/messages</c> over the wire.</summary>
public sealed class AnthropicTests
{
    private const string Hi = """{"model":"claude/m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}""";

    [Fact]
    public async Task A_message_is_whole_or_streams_and_both_say_the_same()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(AnthropicChunks.Answer("Hel", "lo")));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        var (response, json) = await AnswerAsync(server, Hi);
        await using var viewer = await EventStreamClient.ConnectAsync(Request(server, Hi[..^1] + ",\"stream\":true}"));
        var frames = await viewer.RestAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("msg_" + response.Headers.GetValues("request-id").Single(), json.GetProperty("id").GetString());
        Assert.Equal("""[{"type":"text","text":"Hello"}]""", json.GetProperty("content").GetRawText());
        Assert.Equal("end_turn", json.GetProperty("stop_reason").GetString());
        Assert.Equal((3, 2), (json.GetProperty("usage").GetProperty("input_tokens").GetInt32(), json.GetProperty("usage").GetProperty("output_tokens").GetInt32()));
        Assert.Equal(
            ["message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"], frames.Select(static frame => frame.Type));
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_anthropics_form_before_anything_is_journalled_or_asked()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(AnthropicChunks.Answer("a")));
        await using var server = await ServerUnderTest.StartAsync(upstream, static options => options.MaxHistoryBytes = 1000);
        (string Body, int Status, string Type)[] wrong =
        [
            ("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", 400, "invalid_request_error"),
            (Hi.Replace("claude/m", "demo/x", StringComparison.Ordinal), 404, "not_found_error"),
            (Hi.Replace("Hi", new string('x', 1000), StringComparison.Ordinal), 413, "request_too_large"),
        ];
        foreach (var (body, status, type) in wrong)
        {
            var (response, json) = await AnswerAsync(server, body);
            Assert.Equal((status, "error", type), ((int)response.StatusCode, json.GetProperty("type").GetString(), json.GetProperty("error").GetProperty("type").GetString()));
            Assert.Equal(response.Headers.GetValues("request-id").Single(), json.GetProperty("request_id").GetString());
        }

        var (counted, count) = await AnswerAsync(server, Hi, "/v1/messages/count_tokens");
        Assert.Equal((404, "not_found_error"), ((int)counted.StatusCode, count.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(0, server.JournalledBytes());
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData(529, 502, "api_error", null)]
    [InlineData(400, 502, "api_error", "false")]
    [InlineData(429, 429, "rate_limit_error", null)]
    public async Task An_upstream_that_fails_before_its_first_token_is_a_status_for_whoever_does_not_stream(int theirs, int ours, string type, string? shouldRetry)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.RespondAsync(theirs, "{}"));
        await using var server = await ServerUnderTest.StartAsync(upstream, static options => options.UpstreamRetries = 0);

        var (response, json) = await AnswerAsync(server, Hi);

        Assert.Equal((ours, type), ((int)response.StatusCode, json.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(shouldRetry, response.Headers.TryGetValues("x-should-retry", out var retry) ? retry.Single() : null);
    }

    [Fact]
    public async Task A_server_that_takes_no_turns_says_529_as_the_api_does()
    {
        await using var upstream = new ScriptedUpstream(static async exchange =>
        {
            await exchange.WriteAsync(AnthropicChunks.Answer("a").AsMemory(0, 200));
            await exchange.SilenceAsync();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream, static options => options.MaxTurns = 1);
        await using var running = await EventStreamClient.ConnectAsync(Request(server, Hi[..^1] + ",\"stream\":true}"));

        var (response, json) = await AnswerAsync(server, Hi);

        Assert.Equal((529, "overloaded_error"), ((int)response.StatusCode, json.GetProperty("error").GetProperty("type").GetString()));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task What_the_provider_said_of_the_end_stands_in_the_journal_and_another_dialect_says_it_in_its_words()
    {
        const string end = """{"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"###"},"usage":{"input_tokens":3,"cache_creation_input_tokens":4,"output_tokens":2}}""";
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(Encoding.UTF8.GetString(AnthropicChunks.Answer("a")).Replace(
            """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2}}""", end, StringComparison.Ordinal)));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        var (response, json) = await AnswerAsync(server, Hi);
        await using var native = await server.WatchAsync($"/chat/turns/{response.Headers.GetValues("Passwindow-Turn").Single()}/events");
        await using var openai = await server.WatchAsync($"/chat/turns/{response.Headers.GetValues("Passwindow-Turn").Single()}/events?dialect=openai");

        Assert.Equal(("stop_sequence", "###"), (json.GetProperty("stop_reason").GetString(), json.GetProperty("stop_sequence").GetString()));
        Assert.Equal(4, json.GetProperty("usage").GetProperty("cache_creation_input_tokens").GetInt32());
        var events = await native.RestAsync();
        Assert.Equal(("stop", "stop_sequence", "###"), (events.FinishReason(), events[^1].Field("upstream_reason"), events[^1].Field("stop_sequence")));
        Assert.Equal(("7", """{"input_tokens":3,"output_tokens":2,"cache_creation_input_tokens":4}"""), (events[^2].Field("input_tokens"), events[^2].Field("upstream")));
        Assert.Contains(await openai.RestAsync(), static frame => frame.Data.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal));
    }

    private static async Task<(HttpResponseMessage Response, JsonElement Json)> AnswerAsync(ServerUnderTest server, string body, string path = "/v1/messages")
    {
        var response = await server.Http.SendAsync(Request(server, body, path)).WaitAsync(ServerUnderTest.Patience);
        return (response, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()));
    }

    private static HttpRequestMessage Request(ServerUnderTest server, string body, string path = "/v1/messages") => new(HttpMethod.Post, new Uri(server.Address, path))
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),

        // A body that is too large is refused before it is sent: sent, it would run into the closing connection.
        Headers = { { "x-api-key", "anything" }, { "anthropic-version", "2023-06-01" }, { "Expect", "100-continue" } },
    };
}
