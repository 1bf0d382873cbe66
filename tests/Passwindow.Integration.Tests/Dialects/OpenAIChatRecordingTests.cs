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
        Assert.Equal(expected.ToolCalls.Select(static call => call with { Arguments = call.Arguments is "" or "null" ? "{}" : call.Arguments }), Calls(relayed));
        Assert.Equal(expected.Error is not null, relayed.GetProperty("error").ValueKind != JsonValueKind.Null);
        if (expected.Error is null)
            Assert.Equal(direct.GetProperty("finish").GetString(), relayed.GetProperty("finish").GetString());
    }

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
