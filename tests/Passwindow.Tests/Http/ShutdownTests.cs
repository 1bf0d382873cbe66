using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>Going down in order: every viewer is told, at once.</summary>
[Collection(Alone.Name)]
public sealed class ShutdownTests
{
    [Fact]
    public async Task Viewers_of_running_turns_get_shutting_down_and_done_interrupted()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await exchange.SilenceAsync();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var viewers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.AskAsync()));
        foreach (var viewer in viewers)
            await viewer.NextAsync(2);
        var document = server.AnswerAsync();
        await upstream.ExchangeAsync(20).WaitAsync(ServerUnderTest.Patience);
        long from = TimeProvider.System.GetTimestamp();
        var stopping = server.StopAsync();

        foreach (var viewer in viewers)
        {
            var rest = await viewer.RestAsync();
            Assert.Equal(["usage", "error", "done"], rest.Select(each => each.Type));
            Assert.Equal("shutting_down", rest[1].Field("code"));
            Assert.Equal("interrupted", rest.FinishReason());
            await viewer.DisposeAsync();
        }

        var (response, json) = await document;
        Assert.Equal((503, "shutting_down"), ((int)response.StatusCode, json.GetProperty("code").GetString()));
        Assert.NotNull(response.Headers.RetryAfter);
        foreach (var exchange in upstream.Exchanges)
            await exchange.ClientGone.WaitAsync(ServerUnderTest.Patience);
        await stopping.WaitAsync(ServerUnderTest.Patience);
        Assert.InRange(TimeProvider.System.GetElapsedTime(from), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }
}
