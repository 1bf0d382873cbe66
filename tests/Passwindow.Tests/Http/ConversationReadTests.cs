using System.Text.Json;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

public sealed class ConversationReadTests
{
    [Fact]
    public async Task A_conversation_comes_back_with_all_that_its_answers_hold()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync((byte[])
        [
            .. ChatChunks.Role, .. ChatChunks.Reasoning("Hm. "), .. ChatChunks.Text("See "), .. ChatChunks.Text("this"),
            .. ChatChunks.ToolCall(0, "call_1", "look", """{"at":"it"}"""), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Usage(7, 3), .. ChatChunks.Done,
        ]));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body("Hello", "c_1", null, "look"));
        var conversation = await server.GetJsonAsync("/chat/conversations/c_1");

        Assert.Equal("Hello", conversation.GetProperty("title").GetString());
        Assert.False(conversation.TryGetProperty("turn_id", out _));
        var messages = conversation.GetProperty("messages");
        Assert.Equal(("user", "Hello"), (messages[0].GetProperty("role").GetString(), messages[0].GetProperty("content").GetString()));
        var answer = messages[1];
        Assert.Equal(("assistant", "See this"), (answer.GetProperty("role").GetString(), answer.GetProperty("content").GetString()));
        Assert.Equal(messages[0].GetProperty("turn_id").GetString(), answer.GetProperty("turn_id").GetString());
        Assert.Equal("Hm. ", answer.GetProperty("reasoning").GetString());
        Assert.Equal("tool_calls", answer.GetProperty("finish_reason").GetString());
        Assert.Equal("it", answer.GetProperty("tool_calls")[0].GetProperty("arguments").GetProperty("at").GetString());
        Assert.Equal(7, answer.GetProperty("usage").GetProperty("input_tokens").GetInt64());
        Assert.False(answer.GetProperty("usage").TryGetProperty("seq", out _));
    }

    [Fact]
    public async Task A_failed_answer_keeps_what_was_said_and_says_what_went_wrong()
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Half"));
            exchange.Reset();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body(conversation: "c_1"));
        var answer = (await server.GetJsonAsync("/chat/conversations/c_1")).GetProperty("messages")[1];
        Assert.Equal(("Half", "error"), (answer.GetProperty("content").GetString(), answer.GetProperty("finish_reason").GetString()));
        Assert.Equal("upstream_truncated", answer.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_a_running_turn_said_and_what_follows_last_seq_are_the_whole_without_a_gap()
    {
        var hold = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await hold.Task;
            await exchange.WriteAsync(ChatChunks.Answer("lo", " you"));
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync(Asking.Body(conversation: "c_1"));
        await viewer.NextAsync(2);
        var conversation = await server.GetJsonAsync("/chat/conversations/c_1");
        Assert.Equal(1, conversation.GetProperty("messages").GetArrayLength());
        Assert.Equal(viewer.Turn(), conversation.GetProperty("turn_id").GetString());
        var partial = conversation.GetProperty("partial");
        Assert.False(partial.TryGetProperty("finish_reason", out _));

        await using var attached = await server.WatchAsync($"/chat/turns/{viewer.Turn()}/events?after={conversation.GetProperty("last_seq").GetInt64()}");
        hold.SetResult();
        Assert.Equal("Hello you", partial.GetProperty("content").GetString() + (await attached.RestAsync()).Text());
    }

    [Fact]
    public async Task The_journal_is_every_opening_and_event_as_they_were_sent()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("Hel", "lo")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var sent = new List<StreamEvent>();
        for (int i = 0; i < 2; i++)
        {
            await using var viewer = await server.AskAsync(Asking.Body($"Question {i}", "c_1"));
            sent.AddRange(await viewer.RestAsync());
            await Waiting.ForAsync(() => server.Engine.Turns.Count == 0);
        }

        using var response = await server.SendAsync(HttpMethod.Get, "/chat/conversations/c_1/journal");
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal("application/jsonl", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment; filename=\"c_1.jsonl\"", response.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.EndsWith("}\n", text);
        var lines = text.TrimEnd('\n').Split('\n').Select(static line => JsonElement.Parse(line)).ToList();
        Assert.Equal(["Question 0", "Question 1"], lines.Where(static line => line.TryGetProperty("open", out _)).Select(static line => line.GetProperty("open").GetProperty("message").GetString()));
        Assert.Equal(sent.Select(static each => each.Data), lines.Where(static line => line.TryGetProperty("event", out _)).Select(static line => line.GetProperty("event").GetRawText()));
    }

    [Fact]
    public async Task A_journal_of_megabytes_is_not_held_in_memory_and_arrives_whole()
    {
        string big = new('x', 100_000);
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer([.. Enumerable.Repeat(big, 40)])));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await server.AnswerAsync(Asking.Body(conversation: "c_1"));
        using var response = await server.Http.GetAsync("/chat/conversations/c_1/journal", HttpCompletionOption.ResponseHeadersRead);
        Assert.Null(response.Content.Headers.ContentLength);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync()).Length, 4_000_000, 5_000_000);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/journal")]
    [InlineData("GET", "/events")]
    [InlineData("PATCH", "")]
    [InlineData("DELETE", "")]
    public async Task A_foreign_conversation_and_an_unknown_one_are_the_same_404_byte_for_byte(string method, string rest)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("Hi")));
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.Identify = static context => new Caller(new TenantId(context.Request.Headers["X-Tenant"].ToString())));
        using var request = server.Post(Asking.Body(conversation: "c_1"), "application/json");
        request.Headers.Add("X-Tenant", "acme");
        (await server.Http.SendAsync(request)).EnsureSuccessStatusCode();

        string? body = method == "PATCH" ? """{"title":"mine"}""" : null;
        using var foreign = await server.SendAsync(new HttpMethod(method), $"/chat/conversations/c_1{rest}", body, "globex");
        using var unknown = await server.SendAsync(new HttpMethod(method), $"/chat/conversations/c_2{rest}", body, "globex");
        using var malformed = await server.SendAsync(new HttpMethod(method), $"/chat/conversations/..%2Fc_1{rest}", body, "globex");
        Assert.Equal(404, (int)foreign.StatusCode);
        string expected = await unknown.Content.ReadAsStringAsync();
        Assert.Equal(expected, await foreign.Content.ReadAsStringAsync());
        Assert.Equal(expected, await malformed.Content.ReadAsStringAsync());
        Assert.Equal(unknown.Headers.Where(static header => header.Key != "Date").ToString(), foreign.Headers.Where(static header => header.Key != "Date").ToString());
        Assert.Equal("Hi", (await server.GetJsonAsync("/chat/conversations/c_1", "acme")).GetProperty("title").GetString());
    }
}
