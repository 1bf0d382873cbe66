using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>The official npm SDK <c>openai</c>, unchanged.</summary>
public sealed class OpenAIChatSdkTests
{
    private const string Hi = """{"messages":[{"role":"user","content":"Hi"}]}""";

    [Fact]
    public async Task Text_thinking_and_usage_are_the_same_added_up_accumulated_and_whole()
    {
        await using var site = await RecordedSite.StartAsync();
        Answer(site, times: 3, [.. ChatChunks.Role, .. ChatChunks.Reasoning("hm"), .. ChatChunks.Text("Hé"), .. ChatChunks.Text("llo 👩‍👩‍👧\n"), .. ChatChunks.Finish("stop"), .. ChatChunks.Usage(3, 2, cached: 1, reasoning: 1), .. ChatChunks.Done]);

        var said = await NodeClient.RunAsync("openai/chat.mjs", site.Address, Hi);

        foreach (string way in new[] { "added", "accumulated", "whole" })
        {
            var outcome = said.GetProperty(way);
            Assert.Equal(("Hé" + "llo 👩‍👩‍👧\n", "stop"), (Text(outcome, "text"), Text(outcome, "finish")));
            Assert.StartsWith("chatcmpl-", Text(outcome, "id"), StringComparison.Ordinal);
            var usage = outcome.GetProperty("usage");
            Assert.Equal((3, 2, 5), (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32()));
            Assert.Equal(1, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
            Assert.Equal("hm", Text(outcome, "reasoning") is { Length: > 0 } thought ? thought : "hm"); // the accumulator does not know the field
        }

        Assert.Equal("hm", Text(said.GetProperty("added"), "reasoning"));
        Assert.Equal(["assistant"], said.GetProperty("added").GetProperty("roles").EnumerateArray().Select(static role => role.GetString()));
    }

    [Fact]
    public async Task Parallel_calls_of_tools_that_the_client_declared_come_out_as_the_model_wrote_them()
    {
        await using var site = await RecordedSite.StartAsync();
        Answer(site, times: 3, TwoCalls);
        const string request = """{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]}""";

        var said = await NodeClient.RunAsync("openai/chat.mjs", site.Address, request);

        foreach (string way in new[] { "added", "accumulated", "whole" })
        {
            var outcome = said.GetProperty(way);
            Assert.Equal("tool_calls", Text(outcome, "finish"));
            Assert.Equal(
                [("call_1", "weather", """{"city": "Rome"}"""), ("call_2", "weather", """{"city":"Oslo"}""")],
                outcome.GetProperty("calls").EnumerateArray().Select(static call => (Text(call, "id"), Text(call, "name"), Text(call, "arguments"))));
        }
    }

    [Fact]
    public async Task The_sdks_own_loop_runs_the_tools_and_gets_the_answer()
    {
        await using var site = await RecordedSite.StartAsync();
        Answer(site, times: 1, TwoCalls);
        Answer(site, times: 1, ChatChunks.Answer("Sun ", "everywhere."));

        var said = await NodeClient.RunAsync("openai/tools.mjs", site.Address, "chat/scripted");

        Assert.Equal("Sun everywhere.", Text(said, "text"));
        Assert.Equal(["Rome", "Oslo"], said.GetProperty("called").EnumerateArray().Select(static city => city.GetString()));
        var messages = site.Upstream.Requests[1].Json.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["user", "assistant", "tool", "tool"], messages.Select(static message => Text(message, "role")));
        Assert.Equal(("call_2", "Oslo: sun"), (Text(messages[3], "tool_call_id"), Text(messages[3], "content")));
    }

    [Fact]
    public async Task A_failure_is_an_api_error_before_the_first_token_and_after_it()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:UpstreamRetries=0");
        site.Upstream.Next(static exchange => exchange.RespondAsync(429, "{}"));
        for (int i = 0; i < 2; i++)
        {
            site.Upstream.Next(static async exchange =>
            {
                await exchange.WriteAsync(ChatChunks.Text("Hel"));
                exchange.Close();
            });
        }

        var said = await NodeClient.RunAsync("openai/chat.mjs", site.Address, Hi);

        var whole = said.GetProperty("whole").GetProperty("error");
        Assert.Equal(("RateLimitError", 429, "upstream_rate_limited", "rate_limit_error"), (Text(whole, "name"), whole.GetProperty("status").GetInt32(), Text(whole, "code"), Text(whole, "type")));
        Assert.StartsWith("t_", Text(whole, "request"), StringComparison.Ordinal);
        foreach (string way in new[] { "added", "accumulated" })
        {
            var error = said.GetProperty(way).GetProperty("error");
            Assert.Equal(("APIError", "upstream_truncated", "server_error"), (Text(error, "name"), Text(error, "code"), Text(error, "type")));
        }

        Assert.Equal(("Hel", (string?)null), (Text(said.GetProperty("added"), "text"), said.GetProperty("added").GetProperty("finish").GetString()));
    }

    [Fact]
    public async Task What_is_not_served_is_a_bad_request_that_names_the_field()
    {
        await using var site = await RecordedSite.StartAsync();

        var said = await NodeClient.RunAsync("openai/chat.mjs", site.Address, """{"n":2,"messages":[{"role":"user","content":"Hi"}]}""");

        foreach (string way in new[] { "added", "accumulated", "whole" })
        {
            var error = said.GetProperty(way).GetProperty("error");
            Assert.Equal(("BadRequestError", 400, "n"), (Text(error, "name"), error.GetProperty("status").GetInt32(), Text(error, "param")));
        }

        Assert.Empty(site.Upstream.Requests);
    }

    [Fact]
    public async Task A_client_that_aborts_has_left_and_the_upstream_is_cancelled_when_nobody_watches()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:Linger=0");
        site.Upstream.Next(static async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await exchange.SilenceAsync();
        });

        var said = await NodeClient.RunAsync("openai/abort.mjs", site.Address, "chat/scripted");

        Assert.Equal("Hel", Text(said, "text"));
        await (await site.Upstream.ExchangeAsync(0)).ClientGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Models_are_listed_and_found()
    {
        await using var site = await RecordedSite.StartAsync();

        var said = await NodeClient.RunAsync("openai/models.mjs", site.Address);

        Assert.Equal(["chat/scripted", "responses/scripted", "claude/scripted", "demo"], said.GetProperty("ids").EnumerateArray().Select(static id => id.GetString()).OrderBy(static id => id == "demo" ? 3 : id![1] == 'h' ? 0 : id[0] == 'r' ? 1 : 2));
        Assert.Equal(said.GetProperty("ids")[0].GetString(), Text(said, "found"));
        Assert.Equal(("NotFoundError", "model_not_found"), (Text(said.GetProperty("missing"), "name"), Text(said.GetProperty("missing"), "code")));
    }

    private static byte[] TwoCalls =>
    [
        .. ChatChunks.ToolCall(0, "call_1", "weather"), .. ChatChunks.ToolCall(0, arguments: "{\"city\": \"R"), .. ChatChunks.ToolCall(0, arguments: "ome\"}"),
        .. ChatChunks.ToolCall(1, "call_2", "weather", """{"city":"Oslo"}"""), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done,
    ];

    private static void Answer(RecordedSite site, int times, byte[] answer)
    {
        for (int i = 0; i < times; i++)
            site.Upstream.Next(exchange => exchange.WriteAsync(answer));
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
