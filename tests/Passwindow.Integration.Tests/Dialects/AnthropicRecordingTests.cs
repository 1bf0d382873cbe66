using System.Text.Json;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>
/// Every recorded answer of Messages, read by the official SDK from the provider itself and from here: the relay loses nothing. What differs,
/// and why, stands in <c>docs/dialects.md</c>.
/// </summary>
public sealed class AnthropicRecordingTests(AnthropicRecordingTests.Readings readings) : IClassFixture<AnthropicRecordingTests.Readings>
{
    private const string Api = "anthropic-messages";

    /// <summary>The counts that the SDK's accumulator takes over from <c>message_delta</c>.</summary>
    private static readonly string[] Counts = ["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "server_tool_use", "output_tokens_details"];

    public static TheoryData<string> Names => [.. UpstreamRecording.NamesOf(Api)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_relay_loses_nothing(string name)
    {
        var read = (await readings.All).GetProperty(name);
        var (direct, relayed) = (read.GetProperty("direct"), read.GetProperty("relayed"));
        foreach (string field in new[] { "text", "thinking", "redacted", "calls", "stop", "sequence" })
            Assert.True(JsonElement.DeepEquals(direct.GetProperty(field), relayed.GetProperty(field)), $"{field}: {direct.GetProperty(field)} became {relayed.GetProperty(field)}");
        Assert.Equal(direct.GetProperty("citations").GetArrayLength(), relayed.GetProperty("citations").GetArrayLength());
        Assert.Equal(IsNull(direct.GetProperty("error")), IsNull(relayed.GetProperty("error")));
        if (!IsNull(direct.GetProperty("error")))
            return;
        foreach (var count in direct.GetProperty("usage").EnumerateObject().Where(static count => count.Value.ValueKind != JsonValueKind.Null))
            Assert.True(JsonElement.DeepEquals(count.Value, relayed.GetProperty("usage").GetProperty(count.Name)), count.ToString());
    }

    [Theory, MemberData(nameof(Names))]
    public async Task The_sdks_accumulator_gives_the_same_from_both(string name)
    {
        var read = (await readings.All).GetProperty(name);
        var (direct, relayed) = (read.GetProperty("directly"), read.GetProperty("accumulated"));
        Assert.Equal(IsNull(direct.GetProperty("error")), IsNull(relayed.GetProperty("error")));
        if (!IsNull(direct.GetProperty("error")))
            return;
        foreach (string field in new[] { "text", "thinking", "redacted", "calls", "stop", "sequence" })
            Assert.True(JsonElement.DeepEquals(direct.GetProperty(field), relayed.GetProperty(field)), $"{field}: {direct.GetProperty(field)} became {relayed.GetProperty(field)}");
        foreach (string count in Counts)
        {
            if (direct.GetProperty("usage").TryGetProperty(count, out var value) && value.ValueKind != JsonValueKind.Null)
                Assert.True(JsonElement.DeepEquals(value, relayed.GetProperty("usage").GetProperty(count)), count);
        }
    }

    private static bool IsNull(JsonElement value) => value.ValueKind == JsonValueKind.Null;

    /// <summary>What the SDK read: once for all recordings, because to start Node takes longer than to read them.</summary>
    public sealed class Readings
    {
        private readonly Lazy<Task<JsonElement>> _all = new(ReadAsync);

        internal Task<JsonElement> All => _all.Value;

        private static async Task<JsonElement> ReadAsync()
        {
            await using var site = await RecordedSite.StartAsync();
            return await NodeClient.RunAsync("anthropic/recordings.mjs", site.Address, [site.Upstream.BaseAddress.ToString().TrimEnd('/'), .. UpstreamRecording.NamesOf(Api)]);
        }
    }
}
