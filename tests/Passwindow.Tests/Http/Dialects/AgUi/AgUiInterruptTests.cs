using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Tests.Tools;
using Xunit;
using static Passwindow.Tests.Http.Dialects.AgUi.AgUiAsking;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Http.Dialects.AgUi;

/// <summary>A tool that needs a person's yes: the response ends with an interrupt, the turn waits, and the run that answers it shows the rest.</summary>
public sealed class AgUiInterruptTests
{
    [Theory]
    [InlineData("""[{"interruptId":"a","status":"resolved","payload":{"approved":true}}]""", "1", 1)]
    [InlineData("""[{"interruptId":"a","status":"resolved","payload":{"approved":false,"reason":"too dear"}}]""", "The call was denied: too dear", 0)]
    [InlineData("""[{"interruptId":"a","status":"cancelled"}]""", "The call was denied.", 0)]
    public async Task The_answer_goes_to_the_turn_that_waits_and_its_run_shows_the_rest(string resume, string result, int ran)
    {
        int runs = 0;
        var model = new ScriptedModel().Then(Text("I will pay."), Call("a", "pay"), Call("b", "look"), new AnswerEnded(FinishReason.ToolCalls)).ThenSay("Well.");
        await using var server = await StartAsync(model, () => Interlocked.Increment(ref runs), static options => options.Linger = TimeSpan.Zero);
        var asked = await server.FinishAsync(Input("t", "r1", Message("m1", "user", "Pay")));
        string turn = asked[0].GetProperty("metadata").Text("turn_id")!;

        var answered = await server.FinishAsync(Input("t", "r2", Message("m1", "user", "Pay"), Message("x", "assistant", "I will pay.")).With("resume", resume));

        var interrupt = asked.Outcome().GetProperty("interrupts").EnumerateArray().Single();
        Assert.Equal(("a", "a"), (interrupt.Text("id"), interrupt.Text("toolCallId")));
        Assert.Equal("b", asked.Of("TOOL_CALL_RESULT").Single().Text("toolCallId")); // what needs nobody has run before the run ended
        Assert.Equal(("r2", turn), (answered[0].Text("runId"), answered[0].GetProperty("metadata").Text("turn_id")));
        Assert.Equal(["user", "assistant", "tool"], answered[1].GetProperty("messages").EnumerateArray().Select(static message => message.Text("role")));
        Assert.Equal(("a", result), (answered.Of("TOOL_CALL_RESULT").Single().Text("toolCallId"), answered.Of("TOOL_CALL_RESULT").Single().Text("content")));
        Assert.Equal("Well.", answered.Said());
        Assert.Equal("success", answered.Outcome().Text("type"));
        Assert.Equal(ran, runs);
    }

    [Fact]
    public async Task One_answer_of_two_leaves_the_run_interrupted_by_the_other()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay"), Call("b", "pay")).ThenSay("Well.");
        await using var server = await StartAsync(model, static () => 1);
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "Pay")));
        var first = await server.FinishAsync(Input("t", "r2", Message("x", "assistant", "")).With("resume", """[{"interruptId":"a","status":"resolved","payload":true}]"""));
        var second = await server.FinishAsync(Input("t", "r3", Message("x", "assistant", "")).With("resume", """[{"interruptId":"b","status":"resolved","payload":true}]"""));

        Assert.Equal("b", first.Outcome().GetProperty("interrupts")[0].Text("id"));
        Assert.Equal("a", first.Of("TOOL_CALL_RESULT").Single().Text("toolCallId"));
        Assert.Equal("Well.", second.Said());
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_shows_what_became_of_the_turn()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Well.");
        await using var server = await StartAsync(model, static () => 1);
        var asked = await server.FinishAsync(Input("t", "r1", Message("m1", "user", "Pay")));
        string turn = asked[0].GetProperty("metadata").Text("turn_id")!;
        using var answer = await server.PostAsync($"/chat/turns/{turn}/approvals", """[{"id":"a","approved":false}]""");
        await using var native = await EventStreamClient.GetAsync(server.Http, $"/chat/turns/{turn}/events");
        await native.ReadToEndAsync();

        var late = await server.FinishAsync(Input("t", "r2", Message("x", "assistant", "")).With("resume", """[{"interruptId":"a","status":"resolved","payload":true}]"""));

        Assert.Equal(["RUN_STARTED", "MESSAGES_SNAPSHOT"], late.Take(2).Select(static each => each.Type()));
        var messages = late[1].GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["Pay", null, "The call was denied.", "Well."], messages.Select(static message => message.Text("content")));
        Assert.Equal("success", late.Outcome().Text("type"));
    }

    [Fact]
    public async Task Who_asks_the_next_thing_instead_denies_and_ends_the_turn_that_waits()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).ThenSay("Other.");
        int runs = 0;
        await using var server = await StartAsync(model, () => Interlocked.Increment(ref runs));
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "Pay")));
        var other = await server.FinishAsync(Input("t", "r2", Message("m2", "user", "No, another thing")).With("resume", """[{"interruptId":"a","status":"cancelled"}]"""));

        Assert.EndsWith("Other.", other.Said());
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task A_resume_that_answers_nothing_is_refused()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "pay"));
        await using var server = await StartAsync(model, static () => 1);
        const string other = """[{"interruptId":"z","status":"cancelled"}]""";
        using var unknown = await server.PostAsync(Input("t", "r0", Message("x", "assistant", "")).With("resume", other));
        await server.FinishAsync(Input("t", "r1", Message("m1", "user", "Pay")));
        using var wrong = await server.PostAsync(Input("t", "r2", Message("x", "assistant", "")).With("resume", other));

        Assert.Equal((400, 400), ((int)unknown.StatusCode, (int)wrong.StatusCode));
    }

    [Fact]
    public async Task While_a_person_is_asked_nobody_needs_to_watch_and_after_the_answer_somebody_does()
    {
        var time = new HandTime();
        var model = new ScriptedModel().ThenCall(Call("a", "pay")).Then(static (_, cancellation) => Silence(cancellation));
        await using var server = await ChatServer.StartAsync(model, services =>
        {
            services.AddSingleton<TimeProvider>(time);
            Pay(services, static () => 1);
        });
        await using var stream = await server.RunAsync(Input("t", "r1", Message("m1", "user", "Pay")));
        await UntilAsync(stream, "TOOL_CALL_END");
        var running = server.Get<Turns.RunningTurns>().FindIn(new ConversationKey(TenantId.Default, new ConversationId("t")))!;
        while (!running.WaitsForPeople)
            await Task.Yield();
        time.Advance(TimeSpan.FromMilliseconds(100)); // the pulse
        Assert.Contains("interrupt", (await stream.ReadToEndAsync().WaitAsync(ChatServer.Patience))[^1].Data);
        while (running.Viewers > 0)
            await Task.Yield();
        string turn = stream.Turn();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, server.Get<Turns.RunningTurns>().Count);
        using var answer = await server.PostAsync($"/chat/turns/{turn}/approvals", """[{"id":"a","approved":true}]""");
        while (model.Asked.Count < 2)
            await Task.Yield();
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(1, server.Get<Turns.RunningTurns>().Count);
        time.Advance(TimeSpan.FromSeconds(2));

        await using var native = await EventStreamClient.GetAsync(server.Http, $"/chat/turns/{turn}/events");
        Assert.Equal("abandoned", (await ChatServer.RestAsync(native)).Reason());
    }

    private static Task<ChatServer> StartAsync(ScriptedModel model, Func<int> pay, Action<PasswindowOptions>? options = null) =>
        ChatServer.StartAsync(model, services => Pay(services, pay), options);

    private static void Pay(IServiceCollection services, Func<int> pay) => services
        .AddPasswindowTool("pay", "Pays.", pay, static tool => tool.RequiresApproval = true)
        .AddPasswindowTool("look", "Looks.", static () => "nothing");

    private static async IAsyncEnumerable<ChatEvent> Silence([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Text("so");
        await Task.Delay(Timeout.Infinite, cancellation);
    }
}
