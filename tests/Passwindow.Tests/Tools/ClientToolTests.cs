using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Tools;

public class ClientToolTests
{
    private static readonly object[] Tools = [new { name = "where", parameters = JsonElement.Parse("""{"type":"object","properties":{"how":{"enum":["gps"]}}}""") }, new { name = "who" }];

    [Fact]
    public async Task A_round_of_the_server_and_the_client_goes_on_in_a_new_turn_with_the_whole_history()
    {
        var model = new ScriptedModel()
            .Then(Text("Let me look."), Call("a", "clock"), Call("b", "where"), Call("c", "who"), new AnswerEnded(FinishReason.ToolCalls))
            .ThenSay("You are in Paris.");
        await using var server = await ChatServer.StartAsync(model, static services => services.AddPasswindowTool("clock", "", static () => 12));
        var first = await server.AskAsync(new { message = "Where am I?", tools = Tools });
        Assert.Equal("start tool_call tool_call tool_call tool_result done", first.Shape());
        Assert.Equal("tool_calls", first.Reason());

        var second = await AnswerAsync(server, first.Turn(), """[{"id":"c","error":"nobody"},{"id":"b","result":{"city":"Paris"}}]""");

        Assert.Equal("start tool_result tool_result done", second.Shape());
        Assert.Equal(["start", "tool_result", "tool_result"], second.Take(3).Select(static each => each.Type()));
        Assert.Equal("Paris", second[1].GetProperty("result").GetProperty("city").GetString());
        Assert.Equal(("c", "who", "nobody"), (second[2].Text("id"), second[2].Text("name"), second[2].Text("error")));
        Assert.Equal(first.Conversation(), second.Conversation());
        Assert.NotEqual(first.Turn(), second.Turn());
        Assert.Equal("stop", second.Reason());

        var told = model.Asked.Last();
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool], told.Messages.Select(static message => message.Role));
        Assert.Equal(["a", "b", "c"], told.Messages[1].Parts.OfType<ToolCallPart>().Select(static part => part.Id));
        Assert.Equal(["12", """{"city":"Paris"}""", "nobody"], told.Messages[2].Parts.Cast<ToolResultPart>().Select(static part => part.Result));
        Assert.Equal(["where", "who", "clock"], told.Tools.Select(static tool => tool.Name));

        var view = JsonElement.Parse(await server.Http.GetStringAsync($"/chat/conversations/{first.Conversation()}"));
        Assert.Equal(["user", "assistant", "assistant"], view.GetProperty("messages").EnumerateArray().Select(static message => message.Text("role")));
    }

    [Fact]
    public async Task Results_may_be_answered_with_one_document_and_lead_to_further_calls()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "where")).ThenCall(Call("a", "who")).ThenSay("Ann, in Paris.");
        await using var server = await ChatServer.StartAsync(model);
        var first = await server.AskAsync(new { message = "Go", tools = Tools });

        var second = JsonElement.Parse(await (await server.PostAsync($"/chat/turns/{first.Turn()}/tool-results", """[{"id":"a","result":"Paris"}]""")).Content.ReadAsStringAsync());
        Assert.Equal("tool_calls", second.Text("finish_reason"));
        var third = await AnswerAsync(server, second.Text("turn_id")!, """[{"id":"a","result":"Ann"}]""");

        Assert.Equal("stop", third.Reason());
        Assert.Equal(["\"Paris\"", "\"Ann\""], model.Asked.Last().Messages.SelectMany(static message => message.Parts).OfType<ToolResultPart>().Select(static part => part.Result));
    }

    [Theory]
    [InlineData("""[{"id":"a","result":1}]""", 400)]
    [InlineData("""[{"id":"a","result":1},{"id":"b","result":1},{"id":"c","result":1}]""", 400)]
    [InlineData("""[{"id":"a","result":1},{"id":"a","result":1},{"id":"b","result":1}]""", 400)]
    [InlineData("""[{"id":"a","result":1,"error":"no"},{"id":"b","result":1}]""", 400)]
    [InlineData("""[{"id":"a"},{"id":"b","result":1}]""", 400)]
    [InlineData("""[]""", 400)]
    [InlineData("""{"id":"a","result":1}""", 400)]
    [InlineData("""[{"id":"a","result":1},{"id":"b","result":1,"result":2}]""", 400)]
    [InlineData("not json", 400)]
    public async Task Results_that_are_not_those_that_are_owed_are_refused_and_change_nothing(string body, int status)
    {
        var model = new ScriptedModel().ThenCall(Call("a", "where"), Call("b", "who")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model);
        var first = await server.AskAsync(new { message = "Go", tools = Tools });

        var refused = await server.PostAsync($"/chat/turns/{first.Turn()}/tool-results", body);

        Assert.Equal(status, (int)refused.StatusCode);
        Assert.Single(model.Asked);
        Assert.Equal("stop", (await AnswerAsync(server, first.Turn(), """[{"id":"a","result":1},{"id":"b","result":null}]""")).Reason());
    }

    [Fact]
    public async Task Calls_are_answered_exactly_once_however_many_answer_at_the_same_time()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "where")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model);
        string turn = (await server.AskAsync(new { message = "Go", tools = Tools })).Turn();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.PostAsync($"/chat/turns/{turn}/tool-results", """[{"id":"a","result":1}]""")));

        Assert.Single(answers, static answer => (int)answer.StatusCode == 200);
        Assert.Equal(19, answers.Count(static answer => (int)answer.StatusCode == 409));
        Assert.Equal(2, model.Asked.Count);
        var late = await server.PostAsync($"/chat/turns/{turn}/tool-results", """[{"id":"a","result":1}]""");
        Assert.Equal((409, true), ((int)late.StatusCode, (await late.Content.ReadAsStringAsync()).Contains("already_answered")));
    }

    [Fact]
    public async Task Results_sent_again_with_their_key_join_the_turn_that_they_began()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "where")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model);
        string turn = (await server.AskAsync(new { message = "Go", tools = Tools })).Turn();

        var first = await SendAsync("""[{"id":"a","result":1}]""");
        var again = await SendAsync("""[{"id":"a","result":1}]""");
        var other = await SendAsync("""[{"id":"a","result":2}]""");

        Assert.Equal((200, 200, 422), ((int)first.StatusCode, (int)again.StatusCode, (int)other.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(2, model.Asked.Count);

        Task<HttpResponseMessage> SendAsync(string body) => server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/chat/turns/{turn}/tool-results")
        {
            Headers = { { "Idempotency-Key", "k1" } },
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        });
    }

    [Fact]
    public async Task A_turn_that_waits_for_nothing_or_that_was_left_behind_takes_no_results()
    {
        var model = new ScriptedModel().ThenSay("Hello.").ThenCall(Call("a", "where")).ThenSay("Never mind.");
        await using var server = await ChatServer.StartAsync(model);
        var ended = await server.AskAsync("Hi");
        Assert.Equal(409, (int)(await server.PostAsync($"/chat/turns/{ended.Turn()}/tool-results", """[{"id":"a","result":1}]""")).StatusCode);
        Assert.Equal(404, (int)(await server.PostAsync("/chat/turns/t_unknown/tool-results", """[{"id":"a","result":1}]""")).StatusCode);

        var asking = await server.AskAsync(new { message = "Go", tools = Tools });
        await server.AskAsync(new { message = "Forget it", conversation_id = asking.Conversation() });
        Assert.Equal(409, (int)(await server.PostAsync($"/chat/turns/{asking.Turn()}/tool-results", """[{"id":"a","result":1}]""")).StatusCode);

        // Without tools the model is told of no calls: some providers refuse a conversation that has them.
        Assert.DoesNotContain(model.Asked.Last().Messages.SelectMany(static message => message.Parts), static part => part is ToolCallPart or ToolResultPart);
    }

    [Fact]
    public async Task A_call_that_was_never_answered_has_an_error_for_a_result_in_the_next_turn()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "where")).ThenSay("Never mind.");
        await using var server = await ChatServer.StartAsync(model);
        var asking = await server.AskAsync(new { message = "Go", tools = Tools });

        await server.AskAsync(new { message = "Forget it", conversation_id = asking.Conversation(), tools = Tools });

        var told = model.Asked.Last().Messages;
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool, ChatRole.User], told.Select(static message => message.Role));
        Assert.True(Assert.IsType<ToolResultPart>(Assert.Single(told[2].Parts)).IsError);
    }

    [Fact]
    public async Task Sealed_thinking_goes_back_with_the_results_and_not_with_the_next_question()
    {
        var thought = new ReasoningDelta("Where is that?"u8.ToArray()) { Signature = "sealed" };
        var model = new ScriptedModel().Then(thought, Call("a", "where"), new AnswerEnded(FinishReason.ToolCalls)).ThenSay("Paris.").ThenSay("Bye.");
        await using var server = await ChatServer.StartAsync(model);
        var first = await server.AskAsync(new { message = "Go", tools = Tools });

        await AnswerAsync(server, first.Turn(), """[{"id":"a","result":"Paris"}]""");
        Assert.Equal(new ReasoningPart("Where is that?", "sealed", null), model.Asked.Last().Messages[1].Parts[0]);
        await server.AskAsync(new { message = "Thanks", conversation_id = first.Conversation(), tools = Tools });

        var told = model.Asked.Last().Messages;
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant, ChatRole.User], told.Select(static message => message.Role));
        Assert.DoesNotContain(told.SelectMany(static message => message.Parts), static part => part is ReasoningPart);
    }

    [Fact]
    public async Task A_client_is_never_shown_a_call_with_arguments_that_its_tool_does_not_take()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "where", """{"how":"stars"}""")).ThenCall(Call("b", "where", """{"how":"gps"}"""));
        await using var server = await ChatServer.StartAsync(model);

        var events = await server.AskAsync(new { message = "Go", tools = Tools });

        Assert.Equal("start tool_result tool_call done", events.Shape());
        Assert.Equal("b", events.Of("tool_call").Single().Text("id"));
    }

    [Fact]
    public async Task Somebody_else_of_the_tenant_may_not_answer()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "where"));
        await using var server = await ChatServer.StartAsync(model, options: static options =>
            options.Identify = static context => new Caller(new TenantId("acme"), context.Request.Headers["X-User"]));
        await using var stream = await server.OpenAsync("/chat", new { message = "Go", tools = Tools }, user: "ann");
        string turn = (await ChatServer.RestAsync(stream)).Turn();

        Assert.Equal(403, (int)(await server.PostAsync($"/chat/turns/{turn}/tool-results", """[{"id":"a","result":1}]""", user: "bob")).StatusCode);
        Assert.Equal(200, (int)(await server.PostAsync($"/chat/turns/{turn}/tool-results", """[{"id":"a","result":1}]""", user: "ann")).StatusCode);
    }

    private static async Task<List<JsonElement>> AnswerAsync(ChatServer server, string turn, string results)
    {
        await using var stream = await server.OpenAsync($"/chat/turns/{turn}/tool-results", JsonElement.Parse(results));
        Assert.NotEqual(turn, stream.Response.Headers.GetValues("Passwindow-Turn").Single());
        return await ChatServer.RestAsync(stream);
    }
}
