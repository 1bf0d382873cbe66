using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Tests.Tools;
using Xunit;
using static Passwindow.Tests.Http.Dialects.AgUi.AgUiAsking;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Http.Dialects.AgUi;

public sealed class AgUiRunTests
{
    [Fact]
    public async Task The_journal_is_the_memory_of_a_thread_that_it_knows()
    {
        var model = new ScriptedModel().ThenSay("One.").ThenSay("Two.");
        await using var server = await ChatServer.StartAsync(model);

        var first = await server.FinishAsync(Input("a thread!", "r1", Message("m1", "user", "First?")));
        var second = await server.FinishAsync(Input("a thread!", "r2", Message("m1", "user", "First?"), Message("x", "assistant", "A lie."), Message("m2", "user", "Second?")));

        Assert.Equal(("a thread!", "r1"), (first[0].Text("threadId"), first[0].Text("runId")));
        Assert.Equal(("a thread!", "r2"), (second[^1].Text("threadId"), second[^1].Text("runId")));
        Assert.Equal(["First?", "One.", "Second?"], Texts(model.Asked.Last()));
        Assert.Equal("Two.", second.Said());
        Assert.Equal("success", second.Outcome().Text("type"));
        string conversation = first[0].GetProperty("metadata").Text("conversation_id")!;
        Assert.Matches("^ag_[0-9a-f]{40}$", conversation);
        Assert.Equal(conversation, second[0].GetProperty("metadata").Text("conversation_id"));
    }

    [Fact]
    public async Task An_unknown_thread_begins_with_all_that_the_client_brings_and_keeps_it()
    {
        var model = new ScriptedModel().ThenSay("Three.").ThenSay("Four.");
        await using var server = await ChatServer.StartAsync(model);
        JsonObject[] brought =
        [
            Message("s", "system", "Be brief."), Message("m1", "user", "One?"), Message("m2", "assistant", "Two."), Message("m3", "reasoning", "hm"), Message("m4", "user", "Three?"),
        ];
        await server.FinishAsync(Input("t", "r1", brought.Select(static each => each.DeepClone())));

        await server.FinishAsync(Input("t", "r2", Message("m5", "user", "Four?")));

        Assert.Equal(["Be brief.", "One?", "Two.", "Three?"], Texts(model.Asked.First()));
        Assert.Equal(["Be brief.", "One?", "Two.", "Three?", "Three.", "Four?"], Texts(model.Asked.Last()));
    }

    [Fact]
    public async Task The_same_question_again_is_the_wish_for_another_answer()
    {
        var model = new ScriptedModel().ThenSay("One.").ThenSay("Another one.").ThenSay("Two.");
        await using var server = await ChatServer.StartAsync(model);
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "First?")));
        await server.FinishAsync(Input("t", "r2", Message("m1", "user", "First?")));
        await server.FinishAsync(Input("t", "r3", Message("m1", "user", "First?"), Message("m2", "assistant", "Another one."), Message("m3", "user", "Second?")));

        Assert.Equal(["First?"], Texts(model.Asked.ElementAt(1)));
        Assert.Equal(["First?", "Another one.", "Second?"], Texts(model.Asked.Last()));
    }

    [Fact]
    public async Task What_surrounds_the_client_is_told_with_this_question_alone()
    {
        var model = new ScriptedModel().ThenSay("One.").ThenSay("Two.");
        await using var server = await ChatServer.StartAsync(model);
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "First?")).With("context", """[{"description":"page","value":"/cart"}]"""));
        await server.FinishAsync(Input("t", "r2", Message("m2", "user", "Second?")));

        Assert.Equal(["page: /cart", "First?"], Texts(model.Asked.First()));
        Assert.Equal(["First?", "One.", "Second?"], Texts(model.Asked.Last()));
    }

    [Fact]
    public async Task A_client_tool_ends_the_run_with_what_is_pending_and_its_result_goes_on_in_the_next()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "ask_user"), Call("b", "ask_user", """{"q":2}""")).ThenSay("Thanks.");
        await using var server = await ChatServer.StartAsync(model);
        const string tools = """[{"name":"ask_user","description":"Asks.","parameters":{"type":"object"}}]""";
        var asked = await server.FinishAsync(Input("t", "r1", Message("m1", "user", "Ask me")).With("tools", tools));

        var answered = await server.FinishAsync(
            Input("t", "r2", Message("m1", "user", "Ask me"), Message("x", "assistant", ""), ToolMessage("m2", "a", "sunny"), ToolMessage("m3", "b", """{"n":1}""")).With("tools", tools));

        Assert.Equal("""["a","b"]""", asked.Outcome().GetProperty("pendingToolCallIds").GetRawText());
        Assert.Equal(["\"sunny\"", """{"n":1}"""], model.Asked.Last().Messages[^1].Parts.Cast<ToolResultPart>().Select(static part => part.Result));
        Assert.Equal("Thanks.", answered.Said());
        Assert.Empty(answered.Of("TOOL_CALL_RESULT")); // the client has its own
        Assert.Equal(["m2", "m3"], answered[0].GetProperty("input").GetProperty("messages").EnumerateArray().Select(static each => each.Text("id")));
        Assert.Equal("r2", answered[^1].Text("runId"));
    }

    [Fact]
    public async Task Results_with_a_question_behind_them_are_both_told()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "ask_user")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model);
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "Ask me")).With("tools", """[{"name":"ask_user","description":""}]"""));

        var answered = await server.FinishAsync(Input("t", "r2", Message("x", "assistant", ""), ToolMessage("m2", "a", "sunny"), Message("m3", "user", "So?")).With("tools", """[{"name":"ask_user","description":""}]"""));

        var told = model.Asked.Last().Messages;
        Assert.Equal("\"sunny\"", Assert.IsType<ToolResultPart>(told[^2].Parts[0]).Result);
        Assert.Equal("So?", Assert.IsType<TextPart>(told[^1].Parts[0]).Text);
        Assert.Equal("Well.", answered.Said());
    }

    [Fact]
    public async Task A_stop_cancels_the_run_and_older_clients_are_not_told_an_outcome_that_they_refuse()
    {
        foreach (bool isOld in (bool[])[false, true])
        {
            var model = new ScriptedModel().Then(static (_, cancellation) => Endless(cancellation));
            await using var server = await ChatServer.StartAsync(model);
            var input = Input("t", "r1", Message("m1", "user", "Go on"));
            if (isOld)
                input.Remove("protocolVersion");
            await using var stream = await server.RunAsync(input);
            await UntilAsync(stream, "TEXT_MESSAGE_CONTENT");
            using var stop = await server.Http.PostAsync($"/chat/turns/{stream.Turn()}/stop", content: null);
            var rest = await stream.ReadToEndAsync().WaitAsync(ChatServer.Patience);
            var end = JsonElement.Parse(rest[^1].Data);

            Assert.Equal("RUN_FINISHED", end.Type());
            Assert.Equal("stopped", end.GetProperty("metadata").Text("finish_reason"));
            Assert.Equal(isOld ? null : "cancelled", end.TryGetProperty("outcome", out var outcome) ? outcome.Text("type") : null);
        }
    }

    [Theory]
    [InlineData("""{"threadId":""}""", 400)]
    [InlineData("""{"runId":7}""", 400)]
    [InlineData("""{"messages":[]}""", 400)]
    [InlineData("""{"messages":null}""", 400)]
    [InlineData("""{"messages":[{"id":"1","role":"user","content":"  "}]}""", 400)]
    [InlineData("""{"messages":[{"id":"1","role":"user"}]}""", 400)]
    [InlineData("""{"messages":[{"id":"1","role":"wizard","content":"x"}]}""", 400)]
    [InlineData("""{"messages":[{"id":"1","role":"user","content":[{"type":"audio","source":{"type":"data","value":"x","mimeType":"audio/wav"}}]}]}""", 400)]
    [InlineData("""{"messages":[{"id":"1","role":"user","content":[{"type":"image","source":{"type":"url","value":"http://169.254.169.254/"}}]}]}""", 400)]
    [InlineData("""{"tools":[{"name":"a","description":""},{"name":"a","description":""}]}""", 400)]
    [InlineData("""{"forwardedProps":{"model":7}}""", 400)]
    [InlineData("""{"forwardedProps":{"if_active":"maybe"}}""", 400)]
    [InlineData("""{"resume":[{"interruptId":"a","status":"resolved","payload":"yes"}]}""", 400)]
    [InlineData("""{"resume":[{"interruptId":"a","status":"perhaps"}]}""", 400)]
    [InlineData("""{"context":[1]}""", 400)]
    public async Task What_is_no_input_is_a_status_with_words_and_starts_nothing(string changes, int status)
    {
        var model = new ScriptedModel();
        await using var server = await ChatServer.StartAsync(model);
        var input = Input("t", "r1", Message("m1", "user", "Hi"));
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
            input[name] = value?.DeepClone();

        using var response = await server.PostAsync(input);
        var problem = JsonElement.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("invalid_request", problem.Text("code"));
        Assert.NotEqual("", problem.Text("message"));
        Assert.Empty(model.Asked);
        Assert.DoesNotContain("\"turn", string.Concat(Directory.EnumerateFiles(server.Folder, "*.jsonl", SearchOption.AllDirectories).Select(File.ReadAllText)));
    }

    [Fact]
    public async Task Nothing_new_in_a_known_thread_is_refused_and_a_busy_thread_says_which_turn_runs()
    {
        var model = new ScriptedModel().ThenSay("One.").Then(static (_, cancellation) => Endless(cancellation));
        await using var server = await ChatServer.StartAsync(model);
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "First?")));
        using var nothing = await server.PostAsync(Input("t", "r2", Message("m1", "user", "First?"), Message("m2", "assistant", "One.")));
        await using var running = await server.RunAsync(Input("t", "r3", Message("m3", "user", "Second?")));
        using var busy = await server.PostAsync(Input("t", "r4", Message("m4", "user", "Third?")));
        var problem = JsonElement.Parse(await busy.Content.ReadAsStringAsync());

        Assert.Equal(400, (int)nothing.StatusCode);
        Assert.Equal(409, (int)busy.StatusCode);
        Assert.Equal(("turn_active", running.Turn()), (problem.Text("code"), problem.Text("turn_id")));
    }

    [Fact]
    public async Task A_request_sent_again_with_its_key_is_the_same_run_also_when_it_brought_results()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "ask_user")).ThenSay("Thanks.");
        await using var server = await ChatServer.StartAsync(model);
        const string tools = """[{"name":"ask_user","description":""}]""";
        JsonObject[] inputs = [Input("t", "r1", Message("m1", "user", "Ask me")).With("tools", tools), Input("t", "r2", Message("x", "assistant", ""), ToolMessage("m2", "a", "1")).With("tools", tools)];
        foreach (var input in inputs)
        {
            var turns = new List<string>();
            for (int i = 0; i < 2; i++)
            {
                var request = Request(input);
                request.Headers.Add("Idempotency-Key", $"key {input["runId"]}".Replace(' ', '-'));
                await using var stream = await EventStreamClient.OpenAsync(server.Http, request);
                await RestAsync(stream);
                turns.Add(stream.Turn());
            }

            Assert.Equal(turns[0], turns[1]);
        }

        Assert.Equal(2, model.Asked.Count);
    }

    private static string[] Texts(ChatRequest asked) => [.. asked.Messages.Select(static message => string.Concat(message.Parts.OfType<TextPart>().Select(static part => part.Text)))];

    private static async IAsyncEnumerable<ChatEvent> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Text("on and on");
        await Task.Delay(Timeout.Infinite, cancellation);
        yield return new AnswerEnded(FinishReason.Stop);
    }
}
