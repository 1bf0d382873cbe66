using System.Text.Json;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>
/// Every recorded answer of Chat Completions, read by the official SDK from the provider itself and from here: the relay loses nothing.
/// What differs, and why, stands in <c>docs/dialects.md</c>.
/// </summary>
public sealed class OpenAIChatRecordingTests(OpenAIChatRecordingTests.Readings readings) : IClassFixture<OpenAIChatRecordingTests.Readings>
{
    private const string Api = "chat-completions";

    public static TheoryData<string> Names => [.. UpstreamRecording.NamesOf(Api)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_relay_loses_nothing(string name)
    {
        var read = (await readings.All).GetProperty(name);
        var expected = new UpstreamRecording(Api, name).Expected;
        var (direct, relayed) = (read.GetProperty("direct"), read.GetProperty("relayed"));

        Assert.Equal(expected.Text, relayed.GetProperty("text").GetString());
        Assert.Equal(expected.Reasoning, relayed.GetProperty("reasoning").GetString());
        Assert.Equal(expected.Refusal ?? "", relayed.GetProperty("refusal").GetString());
        Assert.Equal(expected.ToolCalls.Select(WithObject), Calls(relayed));
        Assert.Equal(expected.Error is not null, relayed.GetProperty("error").ValueKind != JsonValueKind.Null);
        if (expected.Error is not null)
            return;
        Assert.Equal(direct.GetProperty("finish").GetString(), relayed.GetProperty("finish").GetString());
        CheckUsage(direct.GetProperty("usage"), relayed.GetProperty("usage"));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_sdks_accumulator_gives_the_same_from_both(string name)
    {
        var read = (await readings.All).GetProperty(name);
        var (direct, relayed) = (read.GetProperty("directly"), read.GetProperty("accumulated"));
        Assert.Equal(JsonValueKind.Null, new UpstreamRecording(Api, name).Expected.Error is null ? relayed.GetProperty("error").ValueKind : JsonValueKind.Null);
        if (direct.GetProperty("error").ValueKind != JsonValueKind.Null || direct.GetProperty("text").GetString()!.StartsWith("[object Object]", StringComparison.Ordinal))
            return; // some servers take liberties that the SDK refuses or cannot read; what it gets from here is the other test's
        foreach (string field in new[] { "text", "refusal", "finish" })
            Assert.Equal(direct.GetProperty(field).GetString(), relayed.GetProperty(field).GetString());
        Assert.Equal(Calls(direct).Select(WithObject), Calls(relayed));
        CheckUsage(direct.GetProperty("usage"), relayed.GetProperty("usage"));
    }

    // The numbers that the SDK's types demand; a provider that leaves one out, or says null, gets the sum of what it said.
    private static void CheckUsage(JsonElement direct, JsonElement relayed)
    {
        if (direct.ValueKind == JsonValueKind.Null)
            return;
        bool isOfTheSdk = new[] { "prompt_tokens", "completion_tokens", "total_tokens" }.All(name => direct.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number);
        if (isOfTheSdk)
            Assert.True(JsonElement.DeepEquals(direct, relayed), $"{direct} became {relayed}");
    }

    private static ExpectedToolCall WithObject(ExpectedToolCall call) => call with { Arguments = call.Arguments is "" or "null" ? "{}" : call.Arguments };

    private static ExpectedToolCall[] Calls(JsonElement read) =>
    [
        .. read.GetProperty("calls").EnumerateArray().Select(static call => new ExpectedToolCall(
            call.GetProperty("id").GetString()!, call.GetProperty("name").GetString()!, call.GetProperty("arguments").GetString()!)),
    ];

    /// <summary>What the SDK read: once for all recordings, because to start Node takes longer than to read them.</summary>
    public sealed class Readings
    {
        private readonly Lazy<Task<JsonElement>> _all = new(ReadAsync);

        internal Task<JsonElement> All => _all.Value;

        private static async Task<JsonElement> ReadAsync()
        {
            await using var site = await RecordedSite.StartAsync();
            return await NodeClient.RunAsync("openai/recordings.mjs", site.Address, [$"{site.Upstream.BaseAddress}v1", .. UpstreamRecording.NamesOf(Api)]);
        }
    }
}
