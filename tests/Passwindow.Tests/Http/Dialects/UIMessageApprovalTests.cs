using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol.Upstream;
using Passwindow.Tests.Tools;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>
/// A page of the AI SDK asks its person once the response has ended, and posts the answer: the turn, which waits, is shown in two responses.
/// </summary>
public sealed class UIMessageApprovalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_response_ends_while_the_turn_waits_and_goes_on_with_the_answer(bool yes)
    {
        int runs = 0;
        var model = new ScriptedModel().Then(Text("May I?"), Call("a", "pay"), Call("b", "look"), new AnswerEnded(Protocol.FinishReason.ToolCalls)).ThenSay("Well.");
        await using var server = await StartAsync(model, () => Interlocked.Increment(ref runs));
        var page = new ChatPage(server, "chat");

        var asked = await page.SayAsync("Pay");
        Assert.Equal("text-delta tool-input-available tool-approval-request tool-input-available tool-output-available finish", asked.Types());
        Assert.Equal(("tool_calls", 0), (asked.Ended(), runs));
        string id = page.LastId;
        page.Approve("a", yes);
        var rest = await page.SendAsync(("messageId", id));

        Assert.Equal(yes ? "tool-output-available text-delta finish" : "tool-output-error text-delta finish", rest.Types());
        Assert.Equal((id, "a", "Well.", "stop"), (rest[0].Text("messageId"), rest[1].Text("toolCallId"), rest.Said(), rest.Ended()));
        Assert.Equal((yes ? 1 : 0, 2), (runs, page.Messages.Count));
        Assert.Equal(yes ? "=1=2" : "!The call was denied.=2", string.Concat(UIMessageTests.Told(model).Split("tool:")[^1]));
    }

    [Fact]
    public async Task Two_calls_are_answered_in_one_post_or_one_after_the_other()
    {
        foreach (bool isOne in (bool[])[true, false])
        {
            var model = new ScriptedModel().ThenCall(Call("a", "pay"), Call("b", "pay")).ThenSay("Paid.");
            await using var server = await StartAsync(model, static () => 1);
            var page = new ChatPage(server, "chat");
            await page.SayAsync("Pay twice");

            page.Approve("a", approved: true);
            if (!isOne)
                Assert.Equal("tool-output-available finish", (await page.SendAsync()).Types());
            page.Approve("b", approved: true);
            var rest = await page.SendAsync();

            Assert.Equal((isOne ? "tool-output-available tool-output-available text-delta finish" : "tool-output-available text-delta finish", "Paid."), (rest.Types(), rest.Said()));
        }
    }

    [Fact]
    public async Task A_page_that_comes_back_meanwhile_is_shown_the_question_and_its_response_ends_too()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Paid.");
        await using var server = await StartAsync(model, static () => 1);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("Pay");

        page.CutAt(1);
        await using (var resumed = await page.ResumeAsync())
            page.Take(await ChatPage.ChunksAsync(resumed!));
        page.Approve("a", approved: true);

        Assert.Equal("tool-output-available text-delta finish", (await page.SendAsync()).Types());
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_shows_what_became_of_the_turn()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Then not.");
        await using var server = await StartAsync(model, static () => 1);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("Pay");
        Assert.Equal(200, (int)(await server.PostAsync($"/chat/turns/{page.LastId}/approvals", """[{"id":"a","approved":false}]""")).StatusCode);

        page.Approve("a", approved: true);
        var rest = await page.SendAsync();

        Assert.Equal(("tool-output-error text-delta finish", "Then not."), (rest.Types(), rest.Said()));
        Assert.Equal(409, (await page.RefusedAsync()).Status);
    }

    [Fact]
    public async Task A_person_who_writes_something_else_instead_of_an_answer_is_answered()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("As you like.");
        await using var server = await StartAsync(model, static () => 1);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("Pay");

        Assert.Equal("As you like.", (await page.SayAsync("Never mind")).Said());
    }

    [Fact]
    public async Task A_viewer_of_another_dialect_goes_on_watching_while_the_turn_waits()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Paid.");
        await using var server = await StartAsync(model, static () => 1);
        var page = new ChatPage(server, "chat");
        await page.SayAsync("Pay");
        await using var native = await Passwindow.Testing.EventStreamClient.OpenAsync(server.Http, new HttpRequestMessage(HttpMethod.Get, $"/chat/turns/{page.LastId}/events"));

        page.Approve("a", approved: true);
        await page.SendAsync();

        Assert.Equal("start tool_call tool_result done", (await ChatServer.RestAsync(native)).Shape());
    }

    private static Task<ChatServer> StartAsync(ScriptedModel model, Func<int> pay) => ChatServer.StartAsync(
        model,
        services => services
            .AddPasswindowTool("pay", "Pays.", pay, static tool => tool.RequiresApproval = true)
            .AddPasswindowTool("look", "Looks.", static () => 2));
}
