using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>Without authentication this machine alone is served, under its own names.</summary>
public sealed class LoopbackTests
{
    [Theory]
    [InlineData("Host", "evil.example", 400)]
    [InlineData("Host", "127.0.0.1.evil.example", 400)]
    [InlineData("Host", "localhost.evil.example", 400)]
    [InlineData("Host", "evillocalhost", 400)]
    [InlineData("Host", "192.168.0.1", 400)]
    [InlineData("Host", "0.0.0.0", 400)]
    [InlineData("X-Forwarded-For", "203.0.113.9", 403)]
    [InlineData("X-Forwarded-For", "127.0.0.1, 203.0.113.9", 403)]
    [InlineData("X-Forwarded-For", "unknown", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    public async Task A_request_from_elsewhere_is_refused_on_every_endpoint(string header, string value, int status)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        foreach (var (method, path) in Endpoints)
        {
            var request = method == HttpMethod.Post ? server.Post(Asking.Body()) : new HttpRequestMessage(method, path);
            request.RequestUri = new Uri(server.Address, path);
            request.Headers.TryAddWithoutValidation(header, value);
            using var response = await server.Http.SendAsync(request);
            Assert.True(status == (int)response.StatusCode, $"{method} {path}: {response.StatusCode}");
            Assert.Equal(status, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()).GetProperty("status").GetInt32());
        }

        Assert.Empty(upstream.Exchanges);
    }

    [Theory]
    [InlineData("Host", "localhost")]
    [InlineData("Host", "localhost:1234")]
    [InlineData("Host", "chat.localhost")]
    [InlineData("Host", "[::1]:80")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task One_from_here_is_served(string header, string value)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var request = server.Post(Asking.Body());
        request.Headers.TryAddWithoutValidation(header, value);
        await using var viewer = await EventStreamClient.OpenAsync(server.Http, request);

        Assert.Equal("x", (await viewer.RestAsync()).Text());
    }

    [Fact]
    public async Task An_app_that_identifies_its_callers_decides_for_itself_and_each_sees_only_its_own()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.Identify = static context =>
            Protocol.TenantId.TryParse(context.Request.Headers["X-Tenant"], out var tenant) ? new Caller(tenant) : null);
        using var nobody = await server.Http.SendAsync(server.Post(Asking.Body()));
        Assert.Equal(401, (int)nobody.StatusCode);

        var request = server.Post(Asking.Body(conversation: "c"));
        request.Headers.Add("X-Tenant", "one");
        await using var viewer = await EventStreamClient.OpenAsync(server.Http, request);
        await viewer.RestAsync();
        foreach (string path in (string[])[$"/chat/turns/{viewer.Turn()}/events", "/chat/conversations/c", "/chat/conversations/c/events"])
        {
            foreach (var (tenant, found) in (ReadOnlySpan<(string, bool)>)[("one", true), ("two", false)])
            {
                var get = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Tenant", tenant } } };
                Assert.Equal(found, server.Http.Send(get).IsSuccessStatusCode);
            }
        }
    }

    private static (HttpMethod Method, string Path)[] Endpoints =>
    [
        (HttpMethod.Post, "/chat"), (HttpMethod.Get, "/chat/stream?prompt=Hi"), (HttpMethod.Get, "/chat/turns/t/events"), (HttpMethod.Post, "/chat/turns/t/stop"),
        (HttpMethod.Get, "/chat/conversations/c"), (HttpMethod.Get, "/chat/conversations/c/events"), (HttpMethod.Get, "/readyz"),
    ];
}
