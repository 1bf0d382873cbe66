using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Tests.Tools;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>Tools that the page runs: what they gave begins a turn that goes on in the same message.</summary>
public sealed class UIMessageToolTests
{
    private static JsonArray Tools => new(new JsonObject { ["name"] = "place", ["parameters"] = new JsonObject { ["type"] = "object" } });

    [Fact]
    public async Task What_the_pages_tool_gave_goes_on_in_the_same_message()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "place")).ThenCall(Call("b", "place")).ThenSay("There.").ThenSay("Yes.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        page.Messages.Add(ChatPage.Question("Where?"));
        var asked = await page.SendAsync(("tools", Tools));
        Assert.Equal(("tool-input-available finish", "tool_calls"), (asked.Types(), asked.Ended()));
        string id = page.LastId;

        page.Give("a", new JsonObject { ["lat"] = 1 });
        var again = await page.SendAsync(("messageId", id));
        Assert.Equal(("tool-input-available finish", id), (again.Types(), again[0].Text("messageId")));
        page.Give("b", "here");
        var answer = await page.SendAsync(("messageId", id));

        Assert.Equal(("text-delta finish", "There."), (answer.Types(), answer.Said()));
        Assert.Equal((id, 2), (page.LastId, page.Messages.Count));
        Assert.Equal("user:Where? assistant:place({}) tool:={\"lat\":1} assistant:place({}) tool:=\"here\"", UIMessageTests.Told(model));
        await page.SayAsync("Sure?");
        Assert.EndsWith("assistant:There. user:Sure?", UIMessageTests.Told(model));
    }

    [Fact]
    public async Task A_message_that_several_turns_made_is_made_anew_as_one()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "place")).ThenSay("There.").ThenSay("No.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        page.Messages.Add(ChatPage.Question("Where?"));
        await page.SendAsync(("tools", Tools));
        page.Give("a", 1);
        await page.SendAsync();

        page.CutAt(1);
        await page.SendAsync(("trigger", "regenerate-message"));

        Assert.Equal("user:Where?", UIMessageTests.Told(model));
    }

    [Fact]
    public async Task A_page_that_comes_back_is_shown_all_turns_of_the_message()
    {
        using var goOn = new SemaphoreSlim(0);
        var model = new ScriptedModel().Then(Text("Let me see."), Call("a", "place"), new AnswerEnded(FinishReason.ToolCalls)).Then((_, _) => Waiting(goOn));
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        page.Messages.Add(ChatPage.Question("Where?"));
        await page.SendAsync(("tools", Tools));
        string id = page.LastId;
        page.Give("a", "here");
        await using var open = await page.OpenAsync();

        await using var resumed = await page.ResumeAsync();
        goOn.Release();
        var chunks = await ChatPage.ChunksAsync(resumed!);

        Assert.Equal("text-delta tool-input-available tool-output-available text-delta finish", chunks.Types());
        Assert.Equal((id, "Let me see.There."), (chunks[0].Text("messageId"), chunks.Said()));
        Assert.Single(chunks.Of("start"));
        Assert.Equal("There.", (await ChatPage.ChunksAsync(open)).Said());
    }

    [Fact]
    public async Task Results_that_the_turn_does_not_wait_for_are_refused()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "place"), Call("b", "place")).ThenSay("There.");
        await using var server = await ChatServer.StartAsync(model);
        var page = new ChatPage(server, "chat");
        page.Messages.Add(ChatPage.Question("Where?"));
        await page.SendAsync(("tools", Tools));

        Assert.Equal((409, "The answer is complete: nothing of this message waits for a result."), await page.RefusedAsync());
        page.Give("a", 1);
        Assert.Equal((400, "The result for the call b is missing: all calls of the turn are answered at once."), await page.RefusedAsync());
        page.Call("b")["state"] = "output-error";
        page.Call("b")["errorText"] = "No signal.";
        var sent = page.Messages.DeepClone();
        await page.SendAsync();
        Assert.EndsWith("tool:=1!No signal.", UIMessageTests.Told(model));
        Assert.Equal(409, (await page.RefusedAsync(("messages", sent))).Status);
    }

    [Fact]
    public async Task A_tool_of_the_server_runs_there_and_its_result_is_shown()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "look")).ThenSay("Two.");
        await using var server = await ChatServer.StartAsync(model, static services => services.AddPasswindowTool("look", "Looks.", static () => 2));

        var chunks = await new ChatPage(server, "chat").SayAsync("Look");

        Assert.Equal("tool-input-available tool-output-available text-delta finish", chunks.Types());
        Assert.Equal(2, chunks.Of("start-step").Count);
        Assert.True(chunks.Of("tool-input-available").Single().GetProperty("providerExecuted").GetBoolean());
        Assert.Equal(2, chunks.Of("tool-output-available").Single().GetProperty("output").GetInt32());
    }

    private static async IAsyncEnumerable<ChatEvent> Waiting(SemaphoreSlim goOn)
    {
        await goOn.WaitAsync(ChatServer.Patience);
        yield return Text("There.");
        yield return new AnswerEnded(FinishReason.Stop);
    }
}
