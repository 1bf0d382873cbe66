using System.Text.Json;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>
/// Every recorded answer of the Responses API, read by the official SDK from the provider itself and from here. What differs, and why, stands in
/// <c>docs/dialects.md</c>.
/// </summary>
public sealed class OpenAIResponsesRecordingTests(OpenAIResponsesRecordingTests.Readings readings) : IClassFixture<OpenAIResponsesRecordingTests.Readings>
{
    private const string Api = "responses";

    // A custom tool's input is a text, and here every call's arguments are those of a function.
    private const string CustomTool = "openai-custom-tool-1";

    public static TheoryData<string> Names => [.. UpstreamRecording.NamesOf(Api)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_relay_loses_nothing(string name)
    {
        var read = (await readings.All).GetProperty(name);
        var expected = new UpstreamRecording(Api, name).Expected;
        var (accumulated, added, whole) = (read.GetProperty("accumulated"), read.GetProperty("added"), read.GetProperty("whole"));

        Assert.Equal(expected.Text, added.GetProperty("text").GetString());
        Assert.Equal(Enumerable.Range(0, added.GetProperty("numbers").GetArrayLength()), added.GetProperty("numbers").EnumerateArray().Select(static number => number.GetInt32()));
        if (expected.Error is not null)
        {
            Assert.Equal(("response.failed", "failed"), (added.GetProperty("last").GetString(), accumulated.GetProperty("status").GetString()));
            string code = accumulated.GetProperty("error").GetProperty("code").GetString()!;
            Assert.Contains((code, whole.GetProperty("thrown").GetProperty("status").GetInt32()), new[] { ("rate_limit_exceeded", 429), ("server_error", 502) });
            return;
        }

        Check(expected, accumulated, isCustom: name == CustomTool);
        Check(expected, added.GetProperty("response"), isCustom: name == CustomTool);
        Check(expected, whole, isCustom: name == CustomTool);
        if (read.GetProperty("direct").TryGetProperty("usage", out var direct) && direct.ValueKind == JsonValueKind.Object)
        {
            Assert.True(JsonElement.DeepEquals(direct, accumulated.GetProperty("usage")), $"{direct} became {accumulated.GetProperty("usage")}");
        }

        if (expected.Citations is { } citations)
            Assert.Equal(citations, accumulated.GetProperty("annotations").GetArrayLength());
    }

    private static void Check(ExpectedOutcome expected, JsonElement read, bool isCustom)
    {
        Assert.Equal(expected.Text, read.GetProperty("text").GetString());
        Assert.Equal(expected.Refusal ?? "", read.GetProperty("refusal").GetString());
        Assert.Equal(expected.Reasoning, read.GetProperty("reasoning").GetString());
        string status = read.GetProperty("status").GetString()!;
        Assert.Equal(expected.FinishReason, status == "incomplete" ? $"incomplete:{read.GetProperty("incomplete").GetString()}" : status);
        var calls = read.GetProperty("calls").EnumerateArray().Select(static call => new ExpectedToolCall(
            call.GetProperty("id").GetString()!, call.GetProperty("name").GetString()!, call.GetProperty("arguments").GetString()!));
        if (isCustom)
            Assert.Equal(expected.ToolCalls.Select(static call => call.Name), calls.Select(static call => call.Name));
        else
            Assert.Equal(expected.ToolCalls.Select(static call => call with { Arguments = call.Arguments is "" or "null" ? "{}" : call.Arguments }), calls);
    }

    /// <summary>What the SDK read: once for all recordings, because to start Node takes longer than to read them.</summary>
    public sealed class Readings
    {
        private readonly Lazy<Task<JsonElement>> _all = new(ReadAsync);

        internal Task<JsonElement> All => _all.Value;

        private static async Task<JsonElement> ReadAsync()
        {
            await using var site = await RecordedSite.StartAsync();
            return await NodeClient.RunAsync("openai-responses/recordings.mjs", site.Address, [$"{site.Upstream.BaseAddress}v1", .. UpstreamRecording.NamesOf(Api)]);
        }
    }
}
