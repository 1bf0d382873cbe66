using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Tools;

public class ApprovalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_marked_tool_waits_for_a_yes_or_a_no_and_the_model_is_told_which(bool yes)
    {
        int runs = 0;
        var model = new ScriptedModel().ThenCall(Call("a", "pay"), Call("b", "look")).ThenSay("Well.");
        await using var server = await StartAsync(model, () => Interlocked.Increment(ref runs));
        await using var stream = await server.OpenAsync("/chat", new { message = "Pay" });
        var call = await ChatServer.UntilAsync(stream, "tool_call");
        Assert.Equal(("a", "required"), (call.Text("id"), call.Text("approval")));
        Assert.Null((await ChatServer.UntilAsync(stream, "tool_call")).Text("approval"));
        Assert.Equal("b", (await ChatServer.UntilAsync(stream, "tool_result")).Text("id"));
        Assert.Equal(0, runs);

        string path = Path(stream);
        var answer = await server.PostAsync(path, $$"""[{"id":"a","approved":{{(yes ? "true" : "false")}},"reason":"too dear"}]""");
        var document = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        var rest = await ChatServer.RestAsync(stream);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(yes, document.GetProperty("approvals")[0].GetProperty("approved").GetBoolean());
        var told = (ToolResultPart)model.Asked.Last().Messages[^1].Parts[0];
        Assert.Equal(yes ? ("1", false) : ("The call was denied: too dear", true), (told.Result, told.IsError));
        Assert.Equal(yes ? 1 : 0, runs);
        Assert.Equal(told.IsError ? told.Result : null, rest.Of("tool_result").Single().Text("error"));
        Assert.Equal("stop", rest.Reason());
        Assert.Equal(409, (int)(await server.PostAsync(path, """[{"id":"a","approved":true}]""")).StatusCode);
    }

    [Fact]
    public async Task An_answer_counts_once_and_all_of_a_request_or_none()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay"), Call("b", "pay")).ThenSay("Well.");
        await using var server = await StartAsync(model, static () => 1);
        await using var stream = await server.OpenAsync("/chat", new { message = "Pay" });
        await ChatServer.UntilAsync(stream, "tool_call");
        await ChatServer.UntilAsync(stream, "tool_call");
        string path = Path(stream);

        Assert.Equal(404, (int)(await server.PostAsync(path, """[{"id":"a","approved":true},{"id":"x","approved":true}]""")).StatusCode);
        Assert.Equal(400, (int)(await server.PostAsync(path, """[{"id":"a","approved":true},{"id":"a","approved":false}]""")).StatusCode);
        Assert.Equal(400, (int)(await server.PostAsync(path, """[{"id":"a","approved":"yes"}]""")).StatusCode);
        Assert.Equal(404, (int)(await server.PostAsync("/chat/turns/t_unknown/approvals", """[{"id":"a","approved":true}]""")).StatusCode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.PostAsync(path, """[{"id":"a","approved":true}]""")));
        Assert.Single(answers, static answer => (int)answer.StatusCode == 200);
        Assert.Equal(19, answers.Count(static answer => (int)answer.StatusCode == 409));
        Assert.Equal(409, (int)(await server.PostAsync(path, """[{"id":"a","approved":true},{"id":"b","approved":true}]""")).StatusCode);
        Assert.Equal(200, (int)(await server.PostAsync(path, """[{"id":"b","approved":true}]""")).StatusCode);
        Assert.Equal("stop", (await ChatServer.RestAsync(stream)).Reason());
        Assert.Equal(404, (int)(await server.PostAsync(path, """[{"id":"x","approved":true}]""")).StatusCode);
    }

    [Fact]
    public async Task Nobodys_answer_is_a_no_when_the_time_is_over()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Well.");
        await using var server = await StartAsync(model, static () => 1, static options => options.ApprovalTimeout = TimeSpan.FromMilliseconds(20));

        var events = await server.AskAsync("Pay");

        Assert.Equal("The call was denied: nobody answered in time", events.Of("tool_result").Single().Text("error"));
        Assert.Equal("stop", events.Reason());
    }

    [Fact]
    public async Task Waiting_for_a_person_is_no_silence_of_the_model_and_a_stop_ends_it()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Never said.");
        await using var server = await StartAsync(model, static () => 1, static options =>
        {
            options.TokenTimeout = options.FirstTokenTimeout = TimeSpan.FromMilliseconds(300);
            options.HeartbeatSeconds = 1;
        });
        await using var stream = await server.OpenAsync("/chat", new { message = "Pay" });
        await ChatServer.UntilAsync(stream, "tool_call");
        while (stream.Comments < 1)
            Assert.True(await stream.FillAsync().WaitAsync(ChatServer.Patience)); // a heartbeat: more than a second has gone by

        await server.PostAsync(Path(stream).Replace("approvals", "stop"), "");
        var rest = await ChatServer.RestAsync(stream);

        Assert.Equal("stopped", rest.Reason());
        Assert.Equal(409, (int)(await server.PostAsync(Path(stream), """[{"id":"a","approved":true}]""")).StatusCode);
    }

    [Fact]
    public async Task Only_who_asked_may_approve()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Well.");
        await using var server = await StartAsync(model, static () => 1, static options =>
            options.Identify = static context => new Caller(new TenantId(context.Request.Headers["X-User"] == "eve" ? "globex" : "acme"), context.Request.Headers["X-User"]));
        await using var stream = await server.OpenAsync("/chat", new { message = "Pay" }, user: "ann");
        await ChatServer.UntilAsync(stream, "tool_call");

        Assert.Equal(403, (int)(await server.PostAsync(Path(stream), """[{"id":"a","approved":true}]""", user: "bob")).StatusCode);
        Assert.Equal(404, (int)(await server.PostAsync(Path(stream), """[{"id":"a","approved":true}]""", user: "eve")).StatusCode);
        Assert.Equal(200, (int)(await server.PostAsync(Path(stream), """[{"id":"a","approved":true}]""", user: "ann")).StatusCode);
        Assert.Equal("stop", (await ChatServer.RestAsync(stream)).Reason());
    }

    private static string Path(EventStreamClient stream) => $"/chat/turns/{stream.Response.Headers.GetValues("Passwindow-Turn").Single()}/approvals";

    private static Task<ChatServer> StartAsync(ScriptedModel model, Func<int> pay, Action<PasswindowOptions>? options = null) => ChatServer.StartAsync(
        model,
        services => services
            .AddPasswindowTool("pay", "Pays.", pay, static tool => tool.RequiresApproval = true)
            .AddPasswindowTool("look", "Looks.", static () => 2),
        options);
}
