using System.Text.Json;
using Passwindow.Testing;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>The official npm SDK <c>@anthropic-ai/sdk</c>, unchanged.</summary>
public sealed class AnthropicSdkTests
{
    [Fact]
    public async Task A_model_of_another_api_answers_with_text_calls_and_usage()
    {
        await using var site = await RecordedSite.StartAsync();
        for (int i = 0; i < 3; i++)
        {
            site.Upstream.Next(static exchange => exchange.WriteAsync((byte[])
            [
                .. ChatChunks.Reasoning("hm"), .. ChatChunks.Text("I look."), .. ChatChunks.ToolCall(0, "call_1", "weather"), .. ChatChunks.ToolCall(0, arguments: "{\"city\": \"R"),
                .. ChatChunks.ToolCall(0, arguments: "ome\"}"), .. ChatChunks.ToolCall(1, "call_2", "weather", """{"city":"Oslo"}"""), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Usage(3, 2, cached: 1), .. ChatChunks.Done,
            ]));
        }

        const string request = """{"model":"chat/scripted","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"tools":[{"name":"weather","input_schema":{"type":"object"}}]}""";

        var said = await NodeClient.RunAsync("anthropic/messages.mjs", site.Address, request);

        foreach (string way in new[] { "added", "accumulated", "whole" })
        {
            var outcome = said.GetProperty(way);
            Assert.Equal(("I look.", "tool_use"), (Text(outcome, "text"), Text(outcome, "stop")));
            Assert.Equal("hm", Text(outcome.GetProperty("thinking")[0], "thinking"));
            Assert.Equal(
                [("call_1", "weather", "Rome"), ("call_2", "weather", "Oslo")],
                outcome.GetProperty("calls").EnumerateArray().Select(call => (Text(call, "id"), Text(call, "name"), Text(way == "added" ? JsonElement.Parse(Text(call, "written")!) : call.GetProperty("input"), "city"))));
            var usage = outcome.GetProperty("usage");
            Assert.Equal((2, 1, 2), (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("cache_read_input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32()));
        }
    }

    [Fact]
    public async Task A_failure_within_the_stream_and_before_it_is_an_error_of_the_sdk()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:UpstreamRetries=0");
        site.Upstream.Next(static exchange => exchange.RespondAsync(429, "{}"));
        string name = UpstreamRecording.NamesOf("anthropic-messages").Single(static name => name.Contains("overloaded-mid-stream", StringComparison.Ordinal));

        var said = await NodeClient.RunAsync("anthropic/messages.mjs", site.Address, $$"""{"model":"claude/{{name}}","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}""");

        var whole = said.GetProperty("whole").GetProperty("error");
        Assert.Equal(("RateLimitError", 429, "rate_limit_error"), (Text(whole, "name"), whole.GetProperty("status").GetInt32(), Text(whole, "type")));
        Assert.StartsWith("t_", Text(whole, "request"), StringComparison.Ordinal);
        foreach (string way in new[] { "added", "accumulated" })
        {
            var error = said.GetProperty(way).GetProperty("error");
            Assert.Equal(("api_error", "upstream_unavailable"), (Text(error, "type"), Text(error, "code")));
        }
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

        var said = await NodeClient.RunAsync("anthropic/abort.mjs", site.Address, "chat/scripted");

        Assert.Equal(("Hel", "APIUserAbortError"), (Text(said, "text"), Text(said.GetProperty("error"), "name")));
        await (await site.Upstream.ExchangeAsync(0)).ClientGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
