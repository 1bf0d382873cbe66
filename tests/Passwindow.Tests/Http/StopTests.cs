using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

public sealed class StopTests
{
    [Fact]
    public async Task Every_viewer_is_shown_done_stopped_and_the_partial_answer_is_kept()
    {
        await using var upstream = Half();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var first = await server.AskAsync();
        await first.NextAsync(2);
        await using var second = await server.WatchAsync($"/chat/turns/{first.Turn()}/events");
        await using var third = await server.WatchAsync($"/chat/turns/{first.Turn()}/events?dialect=text");
        using var stopped = await server.StopTurnAsync(first.Turn());

        Assert.Equal("stopped", (await first.RestAsync()).FinishReason());
        var whole = await second.RestAsync();
        Assert.Equal("stopped", whole.FinishReason());
        Assert.Equal("Hel", whole.Text());
        Assert.DoesNotContain(whole, each => each.Type == "error");
        Assert.Equal("done", (await third.RestAsync())[^1].Type);
    }

    [Fact]
    public async Task It_is_202_and_when_repeated_200_with_the_same_receipt()
    {
        await using var upstream = Half();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync();
        await viewer.NextAsync(2);
        using var first = await server.StopTurnAsync(viewer.Turn());
        using var second = await server.StopTurnAsync(viewer.Turn());
        string receipt = await first.Content.ReadAsStringAsync();

        Assert.Equal((202, 200), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal(receipt, await second.Content.ReadAsStringAsync());
        var json = JsonElement.Parse(receipt);
        Assert.Equal(viewer.Turn(), json.GetProperty("turn_id").GetString());
        Assert.Equal("stopped", json.GetProperty("finish_reason").GetString());
        Assert.Equal((await viewer.RestAsync())[^1].Seq(), json.GetProperty("last_seq").GetInt64());
        Assert.InRange(json.GetProperty("stopped_after_ms").GetInt64(), 0, 30_000);
    }

    [Fact]
    public async Task Twenty_at_once_give_one_receipt_and_one_202()
    {
        await using var upstream = Half();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync();
        await viewer.NextAsync(2);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.StopTurnAsync(viewer.Turn())));
        var receipts = await Task.WhenAll(answers.Select(each => each.Content.ReadAsStringAsync()));

        Assert.Single(answers, each => (int)each.StatusCode == 202);
        Assert.Equal(19, answers.Count(each => (int)each.StatusCode == 200));
        Assert.Single(receipts.Distinct());
    }

    [Fact]
    public async Task A_turn_that_has_ended_keeps_its_end()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("Hi")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync();
        await viewer.RestAsync();
        await Waiting.ForAsync(() => server.Engine.Turns.Count == 0);
        using var stopped = await server.StopTurnAsync(viewer.Turn());

        Assert.Equal(200, (int)stopped.StatusCode);
        Assert.Equal("stop", JsonElement.Parse(await stopped.Content.ReadAsByteArrayAsync()).GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData("01knowsnobody")]
    [InlineData("a%2Fb")]
    [InlineData("..")]
    public async Task A_turn_that_nobody_knows_is_404(string turn)
    {
        await using var server = await ServerUnderTest.StartAsync(upstream: null);
        using var stopped = await server.StopTurnAsync(turn);
        Assert.Equal(404, (int)stopped.StatusCode);
    }

    [Fact]
    public async Task A_client_that_waits_for_one_document_gets_what_there_is()
    {
        await using var upstream = Half();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var asked = server.AnswerAsync(Asking.Body(conversation: "c"));
        await using var viewer = await RunningAsync(server, "c");
        await viewer.NextAsync(2);
        using var stopped = await server.StopTurnAsync(viewer.Turn());
        var (response, json) = await asked;

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(("Hel", "stopped"), (json.GetProperty("response").GetString(), json.GetProperty("finish_reason").GetString()));
    }

    private static async Task<EventStreamClient> RunningAsync(ServerUnderTest server, string conversation)
    {
        await Waiting.ForAsync(() => server.Engine.Turns.FindIn(new(Protocol.TenantId.Default, new(conversation))) is not null);
        return await server.WatchAsync($"/chat/conversations/{conversation}/events");
    }

    private static ScriptedUpstream Half() => new(async exchange =>
    {
        await exchange.WriteAsync(ChatChunks.Text("Hel"));
        await exchange.SilenceAsync();
    });
}
