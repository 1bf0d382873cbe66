using Passwindow.Testing;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>
/// A server whose upstream replays recordings: the model that is asked for names the recording, and how it is cut: <c>claude/NAME@SEED</c>.
/// </summary>
public sealed class RecordingServer : IAsyncLifetime
{
    private const string Chat = "chat-completions";
    private const string Responses = "responses";

    private readonly ScriptedUpstream _upstream = new(ReplayAsync);

    internal ServerUnderTest Server { get; private set; } = null!;

    public static string Model(UpstreamRecording recording, int seed) => $"{Provider(recording.Api)}/{recording.Name}@{seed}";

    private static string Provider(string api) => api switch
    {
        Chat => "up",
        Responses => "replies",
        _ => "claude",
    };

    public async ValueTask InitializeAsync() => Server = await ServerUnderTest.StartAsync(_upstream);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private static Task ReplayAsync(UpstreamExchange exchange)
    {
        string api = exchange.Request.Target.Split('/')[^1] switch
        {
            "completions" => Chat,
            "responses" => Responses,
            _ => "anthropic-messages",
        };
        if (exchange.Request.Json.GetProperty("model").GetString()!.Split('@') is not [var name, var seed])
            return exchange.RespondAsync(404, "{}");
        var random = new Random(int.Parse(seed));
        return exchange.ReplayAsync(new UpstreamRecording(api, name).Body, random, pieces: random.Next(1, 60));
    }
}
