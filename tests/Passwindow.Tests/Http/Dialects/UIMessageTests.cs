using System.Text.Json.Nodes;
using Passwindow.Protocol.Upstream;
using Passwindow.Tests.Tools;
using Xunit;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>What a page of the AI SDK sends, and what the model is told for it.</summary>
public sealed class UIMessageTests
{
    [Fact]
    public async Task A_chat_is_a_conversation_and_its_memory_is_the_journals()
    {
        var model = new ScriptedModel().ThenSay("One.").ThenSay("Two.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat-1");

        page.Messages.Add(ChatPage.Question("First"));
        await using (var stream = await page.OpenAsync())
        {
            Assert.Equal("v1", stream.Response.Headers.GetValues("x-vercel-ai-ui-message-stream").Single());
            Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.ToString());
            var chunks = await ChatPage.ChunksAsync(stream);
            page.Take(chunks);
            Assert.Equal(("text-delta finish", "One.", "stop"), (chunks.Types(), chunks.Said(), chunks.Ended()));
            Assert.Equal("chat-1", stream.Response.Headers.GetValues("Passwindow-Conversation").Single());
            Assert.Equal(stream.Response.Headers.GetValues("Passwindow-Turn").Single(), page.LastId);
        }

        page.Messages[0]!["parts"]![0]!["text"] = "What the page says it said does not count.";
        Assert.Equal("Two.", (await page.SayAsync("Second")).Said());
        Assert.Equal("user:First assistant:One. user:Second", Told(model));
    }

    [Fact]
    public async Task A_conversation_that_the_journal_does_not_know_is_taken_as_it_is_sent_and_then_known()
    {
        var model = new ScriptedModel().ThenSay("Three.").ThenSay("Four.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "old");
        page.Messages.Add(ChatPage.Question("One"));
        page.Messages.Add(new JsonObject { ["id"] = "x", ["role"] = "assistant", ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "Two." }) });

        await page.SayAsync("Again");
        Assert.Equal("user:One assistant:Two. user:Again", Told(model));

        await page.SayAsync("More");
        Assert.Equal("user:One assistant:Two. user:Again assistant:Three. user:More", Told(model));
    }

    [Fact]
    public async Task A_page_that_sends_the_last_message_alone_is_answered_in_the_conversation()
    {
        var model = new ScriptedModel().ThenSay("One.").ThenSay("Two.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("First");

        await page.SendAsync(("messages", null), ("message", ChatPage.Question("Second")));
        Assert.Equal("user:First assistant:One. user:Second", Told(model));

        await page.SendAsync(("messages", new JsonArray(ChatPage.Question("Third"))));
        Assert.Equal("user:First assistant:One. user:Second assistant:Two. user:Third", Told(model));
    }

    [Theory]
    [InlineData(0, "user:Other")]
    [InlineData(2, "user:A assistant:1 user:Other")]
    [InlineData(4, "user:A assistant:1 user:B assistant:2 user:Other")]
    public async Task An_edited_message_takes_the_place_of_its_turn_and_of_those_behind_it(int index, string told)
    {
        var model = new ScriptedModel().ThenSay("1").ThenSay("2").ThenSay("3").ThenSay("4").ThenSay("5");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("A");
        await page.SayAsync("B");
        await page.SayAsync("C");

        page.CutAt(index);
        page.Messages.Add(ChatPage.Question("Other", id: "u"));
        await page.SendAsync(("messageId", "u"));
        Assert.Equal(told, Told(model));

        await page.SayAsync("Next");
        Assert.Equal($"{told} assistant:4 user:Next", Told(model));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_regenerated_answer_takes_the_place_of_the_old_one(bool isNamed, bool isFirst)
    {
        var model = new ScriptedModel().ThenSay("1").ThenSay("2").ThenSay("2 again").ThenSay("3");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("A");
        if (!isFirst)
            await page.SayAsync("B");
        string old = page.LastId;
        string expected = Told(model);

        page.CutAt(page.Messages.Count - 1);
        await page.SendAsync(("trigger", "regenerate-message"), ("messageId", isNamed ? old : null));
        Assert.Equal(expected, Told(model));
        Assert.NotEqual(old, page.LastId);

        await page.SayAsync("C");
        Assert.Equal($"{expected} assistant:{(isFirst ? "2" : "2 again")} user:C", Told(model));
    }

    [Fact]
    public async Task An_image_goes_to_the_model_and_stays_in_its_memory()
    {
        var model = new ScriptedModel().ThenSay("A cat.").ThenSay("Yes.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("Hello");
        var question = ChatPage.Question("What is this?");
        question["parts"]!.AsArray().Add(new JsonObject { ["type"] = "file", ["mediaType"] = "image/png", ["url"] = "https://example.com/a.png" });
        page.Messages.Add(question);

        await page.SendAsync();
        await page.SayAsync("Really?");

        Assert.Equal("user:Hello assistant:A cat. user:What is this?[https://example.com/a.png] assistant:Yes. user:Really?", Told(model));
    }

    [Fact]
    public async Task What_cannot_be_answered_is_refused_in_plain_words_and_nothing_is_journalled()
    {
        var model = new ScriptedModel();
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");

        Assert.Equal((400, "messages is empty."), await page.RefusedAsync());
        page.Messages.Add(ChatPage.Question(""));
        Assert.Equal((400, "The last message says nothing: it has neither text nor an image."), await page.RefusedAsync());
        page.Messages.Add(new JsonObject { ["id"] = "t_1", ["role"] = "assistant", ["parts"] = new JsonArray() });
        Assert.Equal(400, (await page.RefusedAsync()).Status);
        Assert.Empty(model.Asked);
        Assert.DoesNotContain(Directory.EnumerateFiles(server.Folder, "*.jsonl", SearchOption.AllDirectories).SelectMany(File.ReadLines), static line => line.Contains("\"turn"));
    }

    [Fact]
    public async Task An_app_that_says_which_version_it_has_is_told_the_reason_in_its_words()
    {
        await using var server = await ChatServer.StartAsync(new ScriptedModel().ThenSay("Hi."));
        server.Http.DefaultRequestHeaders.Add("Passwindow-AI-SDK", "6.0.12");

        var chunks = await new ChatPage(server, "chat").SayAsync("Hello");

        Assert.Equal("stop", chunks[^1].Text("finishReason"));
    }

    [Fact]
    public async Task Any_turn_can_be_watched_as_a_message()
    {
        await using var server = await ChatServer.StartAsync(new ScriptedModel().ThenSay("Hi."));
        string turn = (await server.AskAsync("Hello")).Turn();

        await using var stream = await Passwindow.Testing.EventStreamClient.OpenAsync(server.Http, new HttpRequestMessage(HttpMethod.Get, $"/chat/turns/{turn}/events?dialect=ui-message&after=2"));
        var chunks = await ChatPage.ChunksAsync(stream);

        Assert.Equal("v1", stream.Response.Headers.GetValues("x-vercel-ai-ui-message-stream").Single());
        Assert.Equal((turn, "Hi.", "stop"), (chunks[0].Text("messageId"), chunks.Said(), chunks.Ended()));
    }

    internal static string Told(ScriptedModel model) => string.Join(' ', model.Asked.Last().Messages.Select(static message => $"{message.Role.ToString().ToLowerInvariant()}:{string.Concat(message.Parts.Select(static part => part switch
    {
        TextPart text => text.Text,
        ImagePart image => $"[{image.Url}]",
        ToolCallPart call => $"{call.Name}({call.Arguments})",
        ToolResultPart result => $"{(result.IsError ? "!" : "=")}{result.Result}",
        _ => "?",
    }))}"));
}
