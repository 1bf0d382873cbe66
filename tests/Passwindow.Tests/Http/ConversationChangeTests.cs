using System.Text;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

public sealed class ConversationChangeTests
{
    [Fact]
    public async Task A_rename_answers_the_conversation_with_its_title_trimmed()
    {
        await using var upstream = Answering();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body(conversation: "c_1"));
        using var response = await server.RenameAsync("c_1", """{"title":"  Über 🙂 <b> "}""");
        var json = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(("c_1", "Über 🙂 <b>"), (json.GetProperty("id").GetString(), json.GetProperty("title").GetString()));
        Assert.Equal("Über 🙂 <b>", (await server.GetJsonAsync("/chat/conversations/c_1")).GetProperty("title").GetString());
        Assert.Equal("Über 🙂 <b>", (await server.GetJsonAsync("/chat/conversations")).GetProperty("conversations")[0].GetProperty("title").GetString());
    }

    public static TheoryData<string, int> BadTitles => new()
    {
        { """{"title":""}""", 400 },
        { """{"title":"   "}""", 400 },
        { $$"""{"title":"{{new string('x', 201)}}"}""", 400 },
        { """{"title":"a\nb"}""", 400 },
        { """{"title":"a\u0000b"}""", 400 },
        { """{"title":"a\u001b[31m"}""", 400 },
        { """{"title":"\u0085"}""", 400 },
        { """{"title":"\ud800"}""", 400 },
        { """{"title":7}""", 400 },
        { """{"title":null}""", 400 },
        { """{}""", 400 },
        { """[]""", 400 },
        { """{"title":"a" """, 400 },
        { "", 400 },
        { $$"""{"title":"a","more":"{{new string('x', 5_000)}}"}""", 413 },
    };

    [Theory]
    [MemberData(nameof(BadTitles))]
    public async Task A_bad_title_is_refused_and_changes_nothing(string body, int status)
    {
        await using var upstream = Answering();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body("Hello", "c_1"));
        Assert.Equal(status, (int)(await server.RenameAsync("c_1", body)).StatusCode);
        Assert.Equal("Hello", (await server.GetJsonAsync("/chat/conversations/c_1")).GetProperty("title").GetString());
    }

    [Fact]
    public async Task Two_hundred_characters_fit_also_if_each_is_a_surrogate_pair()
    {
        await using var upstream = Answering();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body(conversation: "c_1"));
        Assert.Equal(200, (int)(await server.RenameAsync("c_1", $$"""{"title":"{{string.Concat(Enumerable.Repeat("🙂", 200))}}"}""")).StatusCode);
        Assert.Equal(415, (int)(await server.SendAsync(HttpMethod.Patch, "/chat/conversations/c_1", """{"title":"a"}""", type: "text/plain")).StatusCode);
    }

    [Fact]
    public async Task A_deleted_conversation_is_404_everywhere_and_can_begin_anew_without_memory()
    {
        await using var upstream = Answering();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var (_, turn) = await server.AnswerAsync(Asking.Body("old secret", "c_1"));
        Assert.Equal(204, (int)(await server.DeleteAsync("c_1")).StatusCode);
        foreach (string path in new[] { "conversations/c_1", "conversations/c_1/journal", "conversations/c_1/events", $"turns/{turn.GetProperty("turn_id").GetString()}/events" })
            Assert.Equal(404, (int)(await server.SendAsync(HttpMethod.Get, $"/chat/{path}")).StatusCode);
        Assert.Equal(404, (int)(await server.DeleteAsync("c_1")).StatusCode);
        Assert.Equal(0, (await server.GetJsonAsync("/chat/conversations")).GetProperty("conversations").GetArrayLength());

        await server.AnswerAsync(Asking.Body("new", "c_1"));
        Assert.DoesNotContain("old secret", Encoding.UTF8.GetString(upstream.Requests[^1].Body));
        Assert.Equal("new", (await server.GetJsonAsync("/chat/conversations/c_1")).GetProperty("title").GetString());
    }

    [Fact]
    public async Task Deleting_stops_the_running_turn_and_its_upstream_and_ends_its_viewers()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await exchange.ClientGone;
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync(Asking.Body(conversation: "c_1"));
        await viewer.NextAsync(2);
        Assert.Equal(204, (int)(await server.DeleteAsync("c_1")).StatusCode);
        await upstream.Exchanges.Single().ClientGone.WaitAsync(ServerUnderTest.Patience);
        var rest = await viewer.RestAsync();
        Assert.True(rest.FinishReason() == "stopped" || rest[^1].Type is "error" or "done", string.Join(", ", rest.Select(static each => each.Type)));
        Assert.Equal(404, (int)(await server.SendAsync(HttpMethod.Get, $"/chat/turns/{viewer.Turn()}/events")).StatusCode);
        Assert.Equal(0, server.Engine.Turns.Count);
    }

    [Fact]
    public async Task Twenty_deletions_at_once_delete_once()
    {
        await using var upstream = Answering();
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body(conversation: "c_1"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.DeleteAsync("c_1")));
        Assert.Single(answers, static each => (int)each.StatusCode == 204);
        Assert.All(answers, static each => Assert.Contains((int)each.StatusCode, new[] { 204, 404, 409 }));
        Assert.Equal(200, (int)(await server.AnswerAsync(Asking.Body(conversation: "c_1"))).Response.StatusCode);
    }

    private static ScriptedUpstream Answering() => new(exchange => exchange.WriteAsync(ChatChunks.Answer("Hi")));
}
