using System.Net.Http.Json;
using System.Text.Json;
using Passwindow.Testing;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects.UIMessages;

/// <summary>Every recorded answer of a provider, watched by the AI SDK: what it makes of the turn is what the native stream says.</summary>
public sealed class UIMessageRecordingTests
{
    [Fact]
    public async Task Whatever_a_provider_said_each_version_gathers_the_turn()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:MaxToolRounds=1", "--Passwindow:UpstreamRetries=0");
        using var http = new HttpClient { BaseAddress = site.Address };
        var turns = new Dictionary<string, (string Model, List<JsonElement> Events)>();
        foreach (string model in Models())
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "chat?dialect=native") { Content = JsonContent.Create(new { message = "Hello", model }) };
            await using var stream = await EventStreamClient.OpenAsync(http, request);
            List<JsonElement> events = [.. (await stream.ReadToEndAsync()).Select(static each => JsonElement.Parse(each.Data))];
            turns.Add(events[0].GetProperty("turn_id").GetString()!, (model, events));
        }

        Assert.True(turns.Count > 20, "There are few recordings.");
        foreach (string version in (string[])["5.0.0", "5", "6.0.0", "6", "7.0.0", "7"])
        {
            var watched = await NodeClient.RunAsync("ui-message/watch.mjs", site.Address, [version, .. turns.Keys]);
            foreach (var (turn, (model, events)) in turns)
            {
                var seen = watched.GetProperty(turn);
                string expected = new TurnMeaning(events).ToString();
                Assert.True(expected == TurnMeaning.OfMessage(seen).ToString(), $"{model} in ai {version}: {expected}\n{TurnMeaning.OfMessage(seen)}");
            }
        }
    }

    private static IEnumerable<string> Models() =>
    [
        .. UpstreamRecording.NamesOf("chat-completions").Select(static name => $"chat/{name}"),
        .. UpstreamRecording.NamesOf("responses").Select(static name => $"responses/{name}"),
        .. UpstreamRecording.NamesOf("anthropic-messages").Select(static name => $"claude/{name}"),
    ];
}
