using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http.Dialects;

/// <summary><c>/v1/chat/completions</c> and <c>/v1/models</c> over the wire.</summary>
public sealed class OpenAIChatTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task The_answer_streams_as_it_comes_and_the_turn_can_be_watched_in_any_other_dialect_meanwhile()
    {
        var gate = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await gate.Task;
            await exchange.WriteAsync((byte[])[.. ChatChunks.Text("lo"), .. ChatChunks.Finish("stop"), .. ChatChunks.Usage(3, 2), .. ChatChunks.Done]);
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await PostAsync(server, """{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal("Hel", Delta(Assert.Single(await viewer.NextAsync(1))));

        await using var native = await server.WatchAsync($"/chat/turns/{viewer.Turn()}/events");
        await using var late = await server.WatchAsync($"/chat/turns/{viewer.Turn()}/events?dialect=openai", $"{viewer.Turn()}:2");
        gate.SetResult();
        var rest = await viewer.RestAsync();
        Assert.Equal(["lo", null], rest[..2].Select(Delta));
        Assert.Equal("[DONE]", rest[2].Data);
        Assert.Equal(3, rest.Count); // nobody asked for usage
        Assert.Equal("Hello", (await native.RestAsync()).Text());

        // Its clients cannot say how far they got: the turn is shown from its start, here with usage.
        var all = await late.RestAsync();
        Assert.Equal("Hello", string.Concat(all[..^1].Select(Delta)));
        Assert.Equal(5, JsonElement.Parse(all[^2].Data).GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal(viewer.Turn(), viewer.Response.Headers.GetValues("x-request-id").Single());
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_openais_form_before_anything_is_journalled_or_asked()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("a")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        (string Body, int Status, string Param)[] wrong =
        [
            ("""{"stream":true,"n":2,"messages":[{"role":"user","content":"Hi"}]}""", 400, "n"),
            ("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://127.0.0.1/x"}}]}]}""", 400, "messages[0].content[0].image_url.url"),
            ("""{"model":"demo/x","messages":[{"role":"user","content":"Hi"}]}""", 404, "model"),
        ];
        foreach (var (body, status, param) in wrong)
        {
            var (response, json) = await AnswerAsync(server, body);
            Assert.Equal(status, (int)response.StatusCode);
            var error = json.GetProperty("error");
            Assert.Equal(["message", "type", "code", "param"], error.EnumerateObject().Select(static field => field.Name));
            Assert.Equal(("invalid_request_error", param), (error.GetProperty("type").GetString(), error.GetProperty("param").GetString()));
            Assert.True(response.Headers.Contains("x-request-id"));
        }

        using var form = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent("a=b", Encoding.UTF8, "application/x-www-form-urlencoded") };
        var refused = await server.Http.SendAsync(form);
        Assert.Equal(415, (int)refused.StatusCode);
        Assert.Equal("invalid_request_error", JsonElement.Parse(await refused.Content.ReadAsByteArrayAsync()).GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(0, server.JournalledBytes());
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task The_upstream_is_asked_as_the_client_asked()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("a")));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        await AnswerAsync(server, """{"seed":7,"temperature":0,"logit_bias":{"1":2},"max_completion_tokens":5,"store":true,"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Bye"}]}""");

        var asked = upstream.Requests.Single().Json;
        Assert.Equal(["system", "user", "assistant", "user"], asked.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("role").GetString()));
        Assert.Equal((7, 0, 5), (asked.GetProperty("seed").GetInt32(), asked.GetProperty("temperature").GetInt32(), asked.GetProperty("max_completion_tokens").GetInt32()));
        Assert.Equal(2, asked.GetProperty("logit_bias").GetProperty("1").GetInt32());
        Assert.False(asked.TryGetProperty("max_tokens", out _)); // a model that knows one of the two refuses both
        Assert.False(asked.TryGetProperty("store", out _));
    }

    [Fact]
    public async Task Another_api_is_asked_the_same_in_its_words()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.RespondAsync(400, "{}"));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        await AnswerAsync(server, """{"model":"claude/m","seed":7,"temperature":0.5,"stop":["END"],"max_completion_tokens":5,"messages":[{"role":"developer","content":"Be kind."},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""");

        var asked = upstream.Requests.Single().Json;
        Assert.Equal("Be kind.", asked.GetProperty("system").GetString());
        Assert.Equal("image/png", asked.GetProperty("messages")[0].GetProperty("content")[0].GetProperty("source").GetProperty("media_type").GetString());
        Assert.Equal((5, 0.5), (asked.GetProperty("max_tokens").GetInt32(), asked.GetProperty("temperature").GetDouble()));
        Assert.Equal("END", asked.GetProperty("stop_sequences")[0].GetString());
        Assert.False(asked.TryGetProperty("seed", out _));
    }

    [Theory]
    [InlineData(500, 502, "upstream_unavailable", null)]
    [InlineData(400, 502, "upstream_refused", "false")]
    [InlineData(429, 429, "upstream_rate_limited", null)]
    public async Task An_upstream_that_fails_before_its_first_token_is_a_status_for_whoever_does_not_stream(int theirs, int ours, string code, string? shouldRetry)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.RespondAsync(theirs, "{}"));
        await using var server = await ServerUnderTest.StartAsync(upstream, static options => options.UpstreamRetries = 0);

        var (response, json) = await AnswerAsync(server, """{"messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal(ours, (int)response.StatusCode);
        Assert.Equal(code, json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(ours == 429 ? "rate_limit_error" : "server_error", json.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(ours == 429, response.Headers.RetryAfter is not null);
        Assert.Equal(shouldRetry, response.Headers.TryGetValues("x-should-retry", out var retry) ? retry.Single() : null);
    }

    [Fact]
    public async Task A_turn_that_somebody_stops_ends_in_an_error_and_not_in_a_finish_reason()
    {
        await using var upstream = new ScriptedUpstream(static async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await exchange.SilenceAsync();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var first = await PostAsync(server, """{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");
        await first.NextAsync(1);
        await server.StopTurnAsync(first.Turn());

        var end = JsonElement.Parse((await first.RestAsync()).Single().Data);
        Assert.Equal("stopped", end.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_same_key_joins_the_same_turn_and_another_body_is_refused()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("a")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        const string body = """{"messages":[{"role":"user","content":"Hi"}]}""";

        var (first, one) = await AnswerAsync(server, body, "key");
        var (_, two) = await AnswerAsync(server, body, "key");
        var (other, _) = await AnswerAsync(server, body.Replace("Hi", "Ho", StringComparison.Ordinal), "key");

        Assert.Equal(200, (int)first.StatusCode);
        Assert.Equal(one.GetProperty("id").GetString(), two.GetProperty("id").GetString());
        Assert.Equal(422, (int)other.StatusCode);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task A_conversation_is_found_by_its_id_and_listed_only_when_it_is_stored()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("a")));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        var (hidden, _) = await AnswerAsync(server, """{"messages":[{"role":"user","content":"Hidden"}]}""");
        var (stored, _) = await AnswerAsync(server, """{"store":true,"messages":[{"role":"user","content":"Stored"}]}""");

        string Id(HttpResponseMessage response) => response.Headers.GetValues("Passwindow-Conversation").Single();
        var list = JsonElement.Parse(await server.Http.GetByteArrayAsync("/chat/conversations")).GetProperty("conversations");
        Assert.Equal([Id(stored)], list.EnumerateArray().Select(static each => each.GetProperty("id").GetString()));
        Assert.Equal(200, (int)(await server.Http.GetAsync($"/chat/conversations/{Id(hidden)}")).StatusCode);
    }

    [Fact]
    public async Task Models_are_listed_and_found_by_names_with_a_slash()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("a")));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        var list = JsonElement.Parse(await server.Http.GetByteArrayAsync("/v1/models"));
        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal(server.Engine.Models.Names, list.GetProperty("data").EnumerateArray().Select(static model => model.GetProperty("id").GetString()));
        foreach (string path in new[] { "/v1/models/up/m", "/v1/models/up%2Fm" })
        {
            var model = JsonElement.Parse(await server.Http.GetByteArrayAsync(path));
            Assert.Equal(("up/m", "model", "up"), (model.GetProperty("id").GetString(), model.GetProperty("object").GetString(), model.GetProperty("owned_by").GetString()));
        }

        var missing = await server.Http.GetAsync("/v1/models/none");
        Assert.Equal(404, (int)missing.StatusCode);
        Assert.Equal("model_not_found", JsonElement.Parse(await missing.Content.ReadAsByteArrayAsync()).GetProperty("error").GetProperty("code").GetString());
    }

    private static string? Delta(StreamEvent frame) =>
        JsonElement.Parse(frame.Data).GetProperty("choices") is { } choices && choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null;

    private static Task<EventStreamClient> PostAsync(ServerUnderTest server, string body, string? key = null) =>
        EventStreamClient.ConnectAsync(Request(server, body, key)).WaitAsync(ServerUnderTest.Patience);

    private static async Task<(HttpResponseMessage Response, JsonElement Json)> AnswerAsync(ServerUnderTest server, string body, string? key = null)
    {
        var response = await server.Http.SendAsync(Request(server, body, key)).WaitAsync(ServerUnderTest.Patience);
        return (response, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()));
    }

    private static HttpRequestMessage Request(ServerUnderTest server, string body, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, Path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk-anything");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }
}
