using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>A conversation has one running turn and a memory.</summary>
public sealed class ConversationTests
{
    [Fact]
    public async Task A_second_turn_beside_a_running_one_is_409_with_the_id_of_that_one()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.SilenceAsync());
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var running = await server.AskAsync(Asking.Body(conversation: "c"));
        foreach (string accept in (string[])["text/event-stream", "application/json"])
        {
            using var second = await server.Http.SendAsync(server.Post(Asking.Body(conversation: "c"), accept));
            var problem = JsonElement.Parse(await second.Content.ReadAsByteArrayAsync());
            Assert.Equal(409, (int)second.StatusCode);
            Assert.Equal(("turn_active", running.Turn()), (problem.GetProperty("code").GetString(), problem.GetProperty("turn_id").GetString()));
        }

        await using var elsewhere = await server.AskAsync(Asking.Body(conversation: "d"));
        Assert.Equal("d", elsewhere.Conversation());
        Assert.Equal(2, server.Engine.Turns.Count);
    }

    [Theory]
    [InlineData("up/m")]
    [InlineData("claude/m")]
    public async Task The_second_turn_sends_the_first_question_and_answer_along(string model)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(
            model == "up/m" ? ChatChunks.Answer("It is", " 42.") : AnthropicChunks.Answer("It is", " 42.")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var (_, first) = await server.AnswerAsync(Asking.Body("What is it?", model: model));
        await server.AnswerAsync(Asking.Body("Why?", first.GetProperty("conversation_id").GetString(), model));

        var messages = upstream.Requests[1].Json.GetProperty("messages").EnumerateArray().Where(each => each.GetProperty("role").GetString() != "system");
        Assert.Equal([("user", "What is it?"), ("assistant", "It is 42."), ("user", "Why?")], messages.Select(each => (each.GetProperty("role").GetString()!, Text(each.GetProperty("content")))));
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Fact]
    public async Task The_next_turn_can_begin_as_soon_as_done_was_shown()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("x")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        for (int turn = 0; turn < 200; turn++)
        {
            using var response = await server.Http.SendAsync(server.Post(Asking.Body(conversation: $"c{turn / 2}")), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(200, (int)response.StatusCode);
            await response.Content.ReadAsByteArrayAsync().WaitAsync(ServerUnderTest.Patience);
        }
    }

    [Fact]
    public async Task It_can_be_read_back_while_a_turn_runs_and_its_turn_be_joined_without_a_gap()
    {
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("first")));
        upstream.Next(exchange => exchange.WriteAsync(ChatChunks.Answer("first")));
        upstream.Next(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("one"));
            await goOn.WaitAsync();
            await exchange.WriteAsync(ChatChunks.Answer(" two"));
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body("A?", "c"));
        await using var running = await server.AskAsync(Asking.Body("B?", "c"));
        var seen = await running.NextAsync(2);
        var view = JsonElement.Parse(await server.Http.GetStringAsync("/chat/conversations/c"));

        Assert.Equal(["A?", "first", "B?"], view.GetProperty("messages").EnumerateArray().Select(each => each.GetProperty("content").GetString()));
        Assert.Equal((running.Turn(), 2), (view.GetProperty("turn_id").GetString(), view.GetProperty("last_seq").GetInt32()));
        await using var fromTheStart = await server.WatchAsync("/chat/conversations/c/events");
        goOn.Release();
        var rest = await running.RestAsync();
        Assert.Equal([.. seen, .. rest], await fromTheStart.RestAsync());
        await Waiting.ForAsync(() => server.Engine.Turns.Count == 0);
        await using var none = await server.WatchAsync("/chat/conversations/c/events");
        Assert.Equal(204, (int)none.Response.StatusCode);
    }

    private static string Text(JsonElement content) => content.ValueKind == JsonValueKind.String ? content.GetString()! : content[0].GetProperty("text").GetString()!;
}
