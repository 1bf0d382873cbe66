using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol.Upstream;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Tools;

public class ActionTests
{
    private static readonly JsonElement Schema = JsonElement.Parse("""{"type":"object","properties":{"to":{"type":"string","enum":["/home","/help"]},"new_tab":{"type":"boolean"}},"required":["to"]}""");

    [Fact]
    public async Task An_action_is_sent_to_the_client_and_needs_no_answer()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "go", """{"to":"/help","new_tab":true}""")).ThenSay("There you are.");
        await using var server = await ChatServer.StartAsync(model, static services => services.AddPasswindowAction("go", "Goes somewhere.", Schema));

        var events = await server.AskAsync("Help");

        Assert.Equal("start action done", events.Shape());
        var action = events.Of("action").Single();
        Assert.Equal("a", action.Text("id"));
        Assert.Equal("""{"type":"go","to":"/help","new_tab":true}""", action.GetProperty("action").GetRawText());
        Assert.Equal(new ToolResultPart("a", "go", "\"done\"", IsError: false), Assert.Single(model.Asked.Last().Messages[^1].Parts));

        // The next turn is told of the call as the model made it.
        await server.AskAsync(new { message = "Thanks", conversation_id = events.Conversation() });
        var told = model.Asked.Last().Messages;
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant, ChatRole.User], told.Select(static message => message.Role));
        Assert.Equal(new ToolCallPart("a", "go", """{"to":"/help","new_tab":true}"""), told[1].Parts.Single());
    }

    [Theory]
    [InlineData("""{"to":"https://evil.example"}""")]
    [InlineData("""{"to":"/help","script":"alert(1)"}""")]
    [InlineData("""{"to":"/help","type":"delete_everything"}""")]
    [InlineData("""{}""")]
    public async Task An_action_whose_arguments_are_not_what_it_declares_never_reaches_a_client(string arguments)
    {
        var model = new ScriptedModel().ThenCall(Call("a", "go", arguments)).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model, static services => services.AddPasswindowAction("go", "Goes somewhere.", Schema));

        var events = await server.AskAsync("Help");

        Assert.Equal("start tool_result done", events.Shape());
        Assert.NotNull(events.Of("tool_result").Single().Text("error"));
    }

    [Fact]
    public async Task What_looks_like_an_action_in_the_text_is_text()
    {
        var model = new ScriptedModel().ThenSay("""{"action":{"type":"go","to":"/help"}}""");
        await using var server = await ChatServer.StartAsync(model, static services => services.AddPasswindowAction("go", "Goes somewhere.", Schema));

        Assert.Empty((await server.AskAsync("Help")).Of("action"));
    }

    [Fact]
    public void An_action_cannot_declare_an_argument_named_type() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddPasswindowAction("go", "", JsonElement.Parse("""{"properties":{"type":{}}}""")));
}
