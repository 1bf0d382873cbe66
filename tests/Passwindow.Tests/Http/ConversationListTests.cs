using System.Net;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

public sealed class ConversationListTests
{
    [Fact]
    public async Task The_list_gives_id_title_time_and_running_turn_page_by_page()
    {
        var hold = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            if (Encoding.UTF8.GetString(exchange.Request.Body).Contains("hold"))
            {
                await exchange.WriteAsync(ChatChunks.Text("a"));
                await hold.Task;
            }

            await exchange.WriteAsync(ChatChunks.Answer("Hi"));
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body("one", "c_1"));
        await server.AnswerAsync(Asking.Body("two", "c_2"));
        await using var running = await server.AskAsync(Asking.Body("hold", "c_3"));
        await running.NextAsync(2);

        var first = await server.GetJsonAsync("/chat/conversations?limit=2");
        Assert.Equal(["c_3", "c_2"], Ids(first));
        var top = first.GetProperty("conversations")[0];
        Assert.Equal((running.Turn(), "hold"), (top.GetProperty("turn_id").GetString(), top.GetProperty("title").GetString()));
        Assert.False(first.GetProperty("conversations")[1].TryGetProperty("turn_id", out _));
        var second = await server.GetJsonAsync($"/chat/conversations?limit=2&cursor={first.GetProperty("next_cursor").GetString()}");
        Assert.Equal(["c_1"], Ids(second));
        Assert.False(second.TryGetProperty("next_cursor", out _));
        Assert.Equal(["c_2"], Ids(await server.GetJsonAsync("/chat/conversations?q=TWO")));
        Assert.Equal(3, Ids(await server.GetJsonAsync("/chat/conversations?q=%20")).Length);
        Assert.Empty(Ids(await server.GetJsonAsync("/chat/conversations?q=nothing")));
        hold.SetResult();
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=-1")]
    [InlineData("limit=ten")]
    [InlineData("limit=")]
    [InlineData("limit=1&limit=2")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("cursor=")]
    [InlineData("cursor=!!!")]
    [InlineData("cursor=AAAA")]
    [InlineData("cursor=MS4uLi8uLi9ldGM")] // 1.../../etc
    [InlineData("cursor=OTIyMzM3MjAzNjg1NDc3NTgwNy5jXzE")] // a time beyond the year 9999
    [InlineData("q=a&q=b")]
    public async Task What_is_wrong_in_the_query_is_named(string query)
    {
        await using var server = await ServerUnderTest.StartAsync(upstream: null);
        using var response = await server.Http.GetAsync($"/chat/conversations?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request", JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_cursor_or_search_that_is_too_long_is_refused()
    {
        await using var server = await ServerUnderTest.StartAsync(upstream: null);
        Assert.Equal(400, (int)(await server.Http.GetAsync($"/chat/conversations?q={new string('x', 201)}")).StatusCode);
        Assert.Equal(400, (int)(await server.Http.GetAsync($"/chat/conversations?cursor={new string('A', 4_000)}")).StatusCode);
    }

    [Fact]
    public async Task A_tenant_lists_its_own_and_a_foreign_cursor_leads_to_nothing_foreign()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("Hi")));
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.Identify = static context => new Caller(new TenantId(context.Request.Headers["X-Tenant"].ToString())));
        foreach (string tenant in new[] { "acme", "globex" })
        {
            for (int i = 0; i < 3; i++)
            {
                using var request = server.Post(Asking.Body($"{tenant} {i}", $"c_{tenant}_{i}"), "application/json");
                request.Headers.Add("X-Tenant", tenant);
                (await server.Http.SendAsync(request)).EnsureSuccessStatusCode();
            }
        }

        var acme = await server.GetJsonAsync("/chat/conversations?limit=2", "acme");
        Assert.All(Ids(acme), static id => Assert.StartsWith("c_acme", id));
        var globex = await server.GetJsonAsync($"/chat/conversations?cursor={acme.GetProperty("next_cursor").GetString()}", "globex");
        Assert.All(Ids(globex), static id => Assert.StartsWith("c_globex", id));
        Assert.Empty(Ids(await server.GetJsonAsync("/chat/conversations?q=globex", "acme")));
    }

    private static string[] Ids(JsonElement page) => [.. page.GetProperty("conversations").EnumerateArray().Select(static each => each.GetProperty("id").GetString()!)];
}
