using Passwindow.Http;
using Passwindow.Protocol;
using Passwindow.Testing.Dialects;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>Every recorded answer of a provider, in every dialect: what it means survives.</summary>
public sealed class RecordedDialectTests(RecordingServer fixture) : IClassFixture<RecordingServer>
{
    /// <summary>What a dialect is right to tell otherwise, and why.</summary>
    private static readonly Dictionary<(string Recording, string Dialect), string> Otherwise = new()
    {
        [("mistral-stream-reasoning-model-1-1", "anthropic")] = "The provider counts more tokens of its cache than of the whole prompt: 64 of 10. The parts of a prompt cannot be less than one of them.",
        [("anthropic-compaction-usage-with-cache-streaming", "anthropic")] = "The provider's own usage is relayed as it is: it leaves out what compacting cost, which we add.",
        [("anthropic-pause-turn-web-search-streaming-vcr", "anthropic")] = "The provider's own pause_turn is relayed; to all others it is a stop.",
    };

    [Theory, MemberData(nameof(RecordingTests.All), MemberType = typeof(RecordingTests))]
    public async Task What_a_provider_said_means_the_same_in_every_dialect(string api, string name)
    {
        var recording = new UpstreamRecording(api, name);
        var server = fixture.Server;
        await using var native = await server.AskAsync(Asking.Body(model: RecordingServer.Model(recording, seed: 1), tools: recording.Expected.ToolCalls.Select(static call => call.Name).Distinct()));
        var truth = NativeDecoder.Decode(await native.RestAsync());
        var reader = (await server.Engine.Journal.FindAsync(new TurnKey(TenantId.Default, new TurnId(native.Turn())), CancellationToken.None))!;
        var context = FrameContexts.Of(reader.Opening);

        foreach (var spoken in Spoken.All)
        {
            await using var viewer = await server.WatchAsync($"/chat/turns/{native.Turn()}/events?dialect={spoken.Name}");
            if (Otherwise.ContainsKey((name, spoken.Name)))
            {
                Assert.NotEqual(spoken.Left(truth, context.IsClientTool).ToString(), spoken.Decode(await viewer.RestAsync()).ToString());
                continue;
            }

            Assert.Equal($"{spoken.Left(truth, context.IsClientTool)}", $"{spoken.Decode(await viewer.RestAsync())}");
        }
    }
}
