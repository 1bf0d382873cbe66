using System.Text.Json;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>Every recorded answer of a provider, cut at random places, comes out of <c>POST /chat</c> as the official SDKs read it.</summary>
public sealed class RecordingTests(RecordingServer fixture, ITestOutputHelper output) : IClassFixture<RecordingServer>
{
    public static TheoryData<string, string> All =>
        [.. new[] { "chat-completions", "responses", "anthropic-messages" }.SelectMany(api => UpstreamRecording.NamesOf(api).Except(Plain).Select(name => new TheoryDataRow<string, string>(api, name)))];

    [Fact]
    public void All_147_are_here() => Assert.Equal(147 - Plain.Length, All.Count);

    [Theory, MemberData(nameof(All))]
    public async Task As_a_stream(string api, string name)
    {
        var recording = new UpstreamRecording(api, name);
        await using var viewer = await fixture.Server.AskAsync(Request(recording));
        var events = await viewer.RestAsync();

        var expected = recording.Expected;
        Assert.Equal(Enumerable.Range(1, events.Count).Select(seq => $"{viewer.Turn()}:{seq}"), events.Select(each => each.Id));
        Assert.Equal("start", events[0].Type);
        Assert.Equal(expected.Text, events.Where(each => each.Field("refusal") is null).Text());
        Assert.Equal(expected.Refusal ?? "", events.Where(each => each.Field("refusal") is not null).Text());
        Assert.Equal(expected.Reasoning, string.Concat(events.Where(each => each.Type == "reasoning").Select(each => each.Field("reasoning"))));
        CheckCalls(expected, [.. events.Where(each => each.Type == "tool_call").Select(each => each.Json())]);
        CheckUsage(expected.UsageNormalised, events.Single(each => each.Type == "usage").Json());
        if (expected.Citations is { } citations)
            Assert.Equal(citations, events.Count(each => each.Type == "citation"));
        Assert.Equal(expected.Error is null ? Finish(expected) : "error", events.FinishReason());
        Assert.Equal(expected.Error is null ? [] : ["error"], events.Where(each => each.Type == "error").Select(each => events[^2].Type));
    }

    [Theory, MemberData(nameof(All))]
    public async Task As_one_document(string api, string name)
    {
        var recording = new UpstreamRecording(api, name);
        var (response, json) = await fixture.Server.AnswerAsync(Request(recording));

        var expected = recording.Expected;
        if (expected.Error is { } error)
        {
            Assert.Equal((502, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            string code = json.GetProperty("code").GetString()!;
            if (error.Kind == "incomplete")
                Assert.Equal("upstream_truncated", code);
            else
                Assert.Contains(code, new[] { "upstream_unavailable", "upstream_refused", "upstream_rate_limited" });
            return;
        }

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(expected.Text + expected.Refusal, json.GetProperty("response").GetString());
        Assert.Equal(expected.Reasoning, json.TryGetProperty("reasoning", out var reasoning) ? reasoning.GetString() : "");
        CheckCalls(expected, [.. json.GetProperty("tool_calls").EnumerateArray()]);
        CheckUsage(expected.UsageNormalised, json.GetProperty("usage"));
        if (expected.Citations is { } citations)
            Assert.Equal(citations, json.GetProperty("citations").GetArrayLength());
        Assert.Equal(Finish(expected), json.GetProperty("finish_reason").GetString());
    }

    // Plain text as a custom tool's input is no JSON object, and here it is a tool of the client's: the model is told, and the client is not asked.
    private static readonly string[] Plain = ["openai-custom-tool-1"];

    private string Request(UpstreamRecording recording)
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return Asking.Body(model: RecordingServer.Model(recording, seed), tools: recording.Expected.ToolCalls.Select(call => call.Name).Distinct());
    }

    private static void CheckCalls(ExpectedOutcome expected, IReadOnlyList<JsonElement> calls)
    {
        // What was cut is told in pieces and asked for never.
        if (Finish(expected) is "length" or "content_filter")
        {
            Assert.Empty(calls);
            return;
        }

        Assert.Equal(
            expected.ToolCalls.Select(call => (call.Id, call.Name)), calls.Select(call => (call.GetProperty("id").GetString()!, call.GetProperty("name").GetString()!)));
        foreach (var (call, told) in expected.ToolCalls.Zip(calls))
            Assert.True(JsonElement.DeepEquals(JsonElement.Parse(call.Arguments is "" or "null" ? "{}" : call.Arguments), told.GetProperty("arguments")), told.ToString());
    }

    private static void CheckUsage(ExpectedUsage? expected, JsonElement said)
    {
        if (expected is null)
            return;
        long? Count(string name) => said.TryGetProperty(name, out var count) ? count.GetInt64() : null;
        Assert.Equal(expected.Input, Count("input_tokens"));
        Assert.Equal(expected.Output, Count("output_tokens"));
        Assert.Equal(expected.Reasoning ?? 0, Count("reasoning_tokens") ?? 0);
        Assert.Equal(expected.CachedInput ?? 0, Count("cached_tokens") ?? 0);
    }

    private static string Finish(ExpectedOutcome expected) => expected.FinishReason switch
    {
        "length" or "max_tokens" or "incomplete:max_output_tokens" => "length",
        "content_filter" or "refusal" => "content_filter",
        "tool_calls" or "tool_use" => "tool_calls",
        "completed" when expected.ToolCalls.Count > 0 => "tool_calls",
        _ => "stop",
    };
}
