using System.Text.Json;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Testing.Dialects;
using Passwindow.Tests.Tools;
using Xunit;
using static Passwindow.Tests.Http.Dialects.AgUi.AgUiAsking;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Http.Dialects.AgUi;

public sealed class AgUiJoinTests
{
    [Fact]
    public async Task Who_comes_late_is_told_the_conversation_and_then_what_is_said()
    {
        using var goOn = new SemaphoreSlim(0);
        var model = new ScriptedModel().ThenSay("One.").Then((_, cancellation) => Halting(goOn, cancellation));
        await using var server = await ChatServer.StartAsync(model);
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "First?")));
        await using var first = await server.RunAsync(Input("t", "r2", Message("m2", "user", "Second?")));
        await UntilAsync(first, "TEXT_MESSAGE_CONTENT");
        var late = new List<EventStreamClient>();
        foreach (string path in (string[])[$"/chat/turns/{first.Turn()}/events?dialect=ag-ui", "/chat/conversations/t/events?dialect=ag-ui", $"/chat/turns/{first.Turn()}/events?dialect=ag-ui&after=2"])
        {
            late.Add(await EventStreamClient.GetAsync(server.Http, path));
            await late[^1].TakeAsync(3).WaitAsync(ChatServer.Patience); // it has joined where the turn stands
        }

        goOn.Release();
        await RestAsync(first);

        foreach (var viewer in late)
        {
            await using (viewer)
            {
                await RestAsync(viewer);
                var said = EventStreamParser.Parse(viewer.Raw).Select(static frame => JsonElement.Parse(frame.Data)).ToList();
                Assert.Equal(["RUN_STARTED", "MESSAGES_SNAPSHOT", "TEXT_MESSAGE_START", "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "RUN_FINISHED"], said.Select(static each => each.Type()));
                Assert.Equal(("t", "r2"), (said[0].Text("threadId"), said[0].Text("runId")));
                var messages = said[1].GetProperty("messages").EnumerateArray().ToList();
                Assert.Equal(["m1", "m2"], messages.Where(static message => message.Text("role") == "user").Select(static message => message.Text("id")));
                Assert.Equal(["First?", "One.", "Second?", "Tw"], messages.Select(static message => message.Text("content")));
                Assert.Equal("o.", said.Said());
            }
        }
    }

    [Fact]
    public async Task A_turn_that_has_ended_is_shown_from_its_start_and_its_question_with_it()
    {
        var model = new ScriptedModel().ThenSay("One.");
        await using var server = await ChatServer.StartAsync(model);
        var native = await server.AskAsync("Hi");
        await using var viewer = await EventStreamClient.GetAsync(server.Http, $"/chat/turns/{native.Turn()}/events?dialect=ag-ui");
        var said = await RestAsync(viewer);

        Assert.Equal((native.Conversation(), native.Turn()), (said[0].Text("threadId"), said[0].Text("runId")));
        Assert.Equal("Hi", said[0].GetProperty("input").GetProperty("messages")[0].Text("content"));
        Assert.Equal("One.", said.Said());
        await using var nothing = await EventStreamClient.GetAsync(server.Http, $"/chat/turns/{native.Turn()}/events?dialect=ag-ui&after={native.Count}");
        Assert.Equal(204, (int)nothing.Response.StatusCode);
    }

    [Fact]
    public async Task From_any_event_on_a_turn_means_what_it_means_from_its_start()
    {
        var model = new ScriptedModel()
            .Then(new ReasoningDelta("hm"u8.ToArray()), Text("Let me"), Text(" see"), new ToolArgumentsDelta("a", "nothing", "{"u8.ToArray()), new ToolArgumentsDelta("a", "nothing", "}"u8.ToArray()), Call("a", "nothing"), new AnswerEnded(FinishReason.ToolCalls))
            .ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model);
        var native = await server.AskAsync("Hi");
        string address = $"/chat/turns/{native.Turn()}/events?dialect=ag-ui";
        await using var whole = await EventStreamClient.GetAsync(server.Http, address);
        var truth = AgUiDecoder.Decode(await whole.ReadToEndAsync());
        Assert.Equal("Let me seeWell.", truth.Text);

        for (int after = 1; after < native.Count; after++)
        {
            await using var joined = await EventStreamClient.GetAsync(server.Http, $"{address}&after={after}");
            Assert.Equal($"{truth}", $"{AgUiDecoder.Decode(await joined.ReadToEndAsync())}");
        }
    }

    private static async IAsyncEnumerable<ChatEvent> Halting(SemaphoreSlim goOn, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Text("Tw");
        await goOn.WaitAsync(cancellation);
        yield return Text("o.");
        yield return new AnswerEnded(FinishReason.Stop);
    }
}
