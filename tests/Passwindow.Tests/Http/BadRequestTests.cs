using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>What is wrong with a request shows before the stream opens: a status, a problem document, nothing journalled, no upstream asked.</summary>
public sealed class BadRequestTests(RefusingServer refusing) : IClassFixture<RefusingServer>
{
    private static readonly string Deep = string.Concat(Enumerable.Repeat("[", 5_000));

    public static TheoryData<string, string> Bodies => new()
    {
        { "no body", "" },
        { "white space", " \n" },
        { "null", "null" },
        { "a number", "1" },
        { "an array", "[]" },
        { "a text", "\"Hi\"" },
        { "half an object", "{\"message\":\"Hi\"" },
        { "something after the object", "{\"message\":\"Hi\"} {}" },
        { "a comment", "{\"message\":\"Hi\"/**/}" },
        { "a trailing comma", "{\"message\":\"Hi\",}" },
        { "one name twice", "{\"message\":\"Hi\",\"message\":\"Ho\"}" },
        { "one name twice in a tool", "{\"message\":\"Hi\",\"tools\":[{\"name\":\"f\",\"name\":\"g\"}]}" },
        { "one name twice, once escaped", "{\"message\":\"Hi\",\"m\\u0065ssage\":\"Ho\"}" },
        { "deep nesting", $"{{\"message\":\"Hi\",\"metadata\":{{\"a\":{Deep}" },
        { "deep nesting in an unknown field", $"{{\"message\":\"Hi\",\"x\":{Deep}" },
        { "no message", "{}" },
        { "a null message", "{\"message\":null}" },
        { "a number as message", "{\"message\":1}" },
        { "parts as message", "{\"message\":[{\"text\":\"Hi\"}]}" },
        { "an empty message", "{\"message\":\"\"}" },
        { "a blank message", "{\"message\":\" \\n\\t\\u3000\"}" },
        { "half a surrogate pair", "{\"message\":\"\\ud83d\"}" },
        { "half a surrogate pair in the metadata", "{\"message\":\"Hi\",\"metadata\":{\"a\":\"\\ud83d\"}}" },
        { "half a surrogate pair in a schema", "{\"message\":\"Hi\",\"tools\":[{\"name\":\"f\",\"parameters\":{\"a\":\"\\ud83d\"}}]}" },
        { "half a surrogate pair as a name", "{\"message\":\"Hi\",\"\\ud83d\":1}" },
        { "a conversation_id with a slash", "{\"message\":\"Hi\",\"conversation_id\":\"a/b\"}" },
        { "a conversation_id with dots", "{\"message\":\"Hi\",\"conversation_id\":\"..\"}" },
        { "an empty conversation_id", "{\"message\":\"Hi\",\"conversation_id\":\"\"}" },
        { "a long conversation_id", $"{{\"message\":\"Hi\",\"conversation_id\":\"{new string('a', 65)}\"}}" },
        { "a number as conversation_id", "{\"message\":\"Hi\",\"conversation_id\":1}" },
        { "an empty model", "{\"message\":\"Hi\",\"model\":\"\"}" },
        { "a model with a line break", "{\"message\":\"Hi\",\"model\":\"up/a\\nb\"}" },
        { "a long model", $"{{\"message\":\"Hi\",\"model\":\"up/{new string('a', 257)}\"}}" },
        { "the demo, which is off", "{\"message\":\"Hi\",\"model\":\"demo\"}" },
        { "an object as tools", "{\"message\":\"Hi\",\"tools\":{}}" },
        { "texts as tools", "{\"message\":\"Hi\",\"tools\":[\"f\"]}" },
        { "a tool without a name", "{\"message\":\"Hi\",\"tools\":[{}]}" },
        { "a tool's name with a space", "{\"message\":\"Hi\",\"tools\":[{\"name\":\"a b\"}]}" },
        { "a tool twice", "{\"message\":\"Hi\",\"tools\":[{\"name\":\"a\"},{\"name\":\"a\"}]}" },
        { "a text as a schema", "{\"message\":\"Hi\",\"tools\":[{\"name\":\"a\",\"parameters\":\"{}\"}]}" },
        { "129 tools", $"{{\"message\":\"Hi\",\"tools\":[{string.Join(',', Enumerable.Range(0, 129).Select(i => $"{{\"name\":\"f{i}\"}}"))}]}}" },
        { "an array as metadata", "{\"message\":\"Hi\",\"metadata\":[]}" },
        { "17 KB of metadata", $"{{\"message\":\"Hi\",\"metadata\":{{\"a\":\"{new string('a', 17_000)}\"}}}}" },
    };

    [Theory, MemberData(nameof(Bodies))]
    public async Task A_body_that_is_not_what_the_contract_says_is_400(string what, string body)
    {
        foreach (string accept in (string[])["text/event-stream", "application/json"])
            await CheckAsync(server => server.Post(body, accept), 400, "invalid_request", what);
    }

    [Fact]
    public Task Bytes_that_are_not_UTF8_are_400() => CheckAsync(server => Raw(server, [.. "{\"message\":\""u8, 0xFF, 0xC3, .. "\"}"u8], "application/json"), 400, "invalid_request");

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public Task Another_content_type_is_415(string? type) => CheckAsync(server => Raw(server, "{\"message\":\"Hi\"}"u8.ToArray(), type), 415, "unsupported_media_type");

    [Fact]
    public Task A_compressed_body_is_415() => CheckAsync(
        server =>
        {
            var request = server.Post(Asking.Body());
            request.Content!.Headers.ContentEncoding.Add("gzip");
            return request;
        },
        415,
        "unsupported_media_type");

    [Theory]
    [InlineData(300_000, false)]
    [InlineData(2_000_000, false)]
    [InlineData(2_000_000, true)]
    public Task A_body_that_is_too_large_is_413_also_when_it_does_not_say_its_length(int length, bool chunked) => CheckAsync(
        server =>
        {
            var request = server.Post(Asking.Body(new string('a', length)));
            request.Headers.TransferEncodingChunked = chunked;
            return request;
        },
        413,
        "too_large");

    [Theory]
    [InlineData("?dialect=klingon")]
    [InlineData("?dialect=")]
    [InlineData("?dialect=native&dialect=text")]
    public Task An_unknown_dialect_is_400(string query) => CheckAsync(server => server.Post(Asking.Body(), query: query), 400, "invalid_request");

    [Fact]
    public async Task With_neither_provider_nor_demo_there_is_no_model_to_ask()
    {
        await using var server = await ServerUnderTest.StartAsync(upstream: null, options => options.Demo = false);
        var (response, json) = await server.AnswerAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (response.StatusCode, json.GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("/chat/turns/nosuchturn/events")]
    [InlineData("/chat/conversations/nosuchconversation/events")]
    [InlineData("/chat/conversations/nosuchconversation")]
    public async Task What_does_not_exist_is_404(string path)
    {
        await using var server = await ServerUnderTest.StartAsync(upstream: null);
        using var response = await server.Http.GetAsync(path);
        Assert.Equal((404, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task What_is_right_is_journalled_and_asked()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync("""{"message":"Hi","model":null,"tools":[{"name":"f","parameters":{"a":"\ud83d\ude00"}}],"metadata":{"\ud83d\ude00":1},"unknown":[1]}""");

        Assert.Equal("stop", (await viewer.RestAsync()).FinishReason());
        Assert.Single(upstream.Exchanges);
        Assert.NotEqual(0, server.JournalledBytes());
    }

    private static HttpRequestMessage Raw(ServerUnderTest server, byte[] body, string? type)
    {
        var request = server.Post("");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        return request;
    }

    private async Task CheckAsync(Func<ServerUnderTest, HttpRequestMessage> make, int status, string code, string what = "")
    {
        var server = refusing.Server;
        using var response = await server.Http.SendAsync(make(server)).WaitAsync(ServerUnderTest.Patience);
        string document = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());

        Assert.True(status == (int)response.StatusCode, $"{what}: {(int)response.StatusCode} {document}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(document);
        Assert.Equal((status, code), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString()));
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
        Assert.False(response.Headers.Contains("Passwindow-Turn"));
        Assert.Empty(refusing.Upstream.Exchanges);
        Assert.Equal(0, server.Engine.Turns.Count);
        Assert.Equal(0, server.JournalledBytes());
    }
}

/// <summary>A server that has nothing to do.</summary>
public sealed class RefusingServer : IAsyncLifetime
{
    internal ScriptedUpstream Upstream { get; } = new(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));

    internal ServerUnderTest Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ServerUnderTest.StartAsync(Upstream, options => options.Demo = false);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
