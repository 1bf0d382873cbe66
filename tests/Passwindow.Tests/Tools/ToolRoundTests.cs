using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Tools;

public class ToolRoundTests
{
    [Fact]
    public async Task Calls_of_one_answer_run_at_once_and_their_results_come_as_they_finish()
    {
        var slowMayEnd = new TaskCompletionSource();
        var bothRun = new Barrier(2);
        var model = new ScriptedModel().ThenCall(Call("a", "slow"), Call("b", "fast")).ThenSay("Done.");
        await using var server = await ChatServer.StartAsync(model, services => services
            .AddPasswindowTool("slow", "Waits.", async () =>
            {
                bothRun.SignalAndWait(ChatServer.Patience);
                await slowMayEnd.Task;
                return "late";
            })
            .AddPasswindowTool("fast", "Does not.", () => bothRun.SignalAndWait(ChatServer.Patience)));

        await using var stream = await server.OpenAsync("/chat", new { message = "Go" });
        Assert.Equal("b", (await ChatServer.UntilAsync(stream, "tool_result")).Text("id"));
        slowMayEnd.SetResult();
        var late = await ChatServer.UntilAsync(stream, "tool_result");
        var rest = await ChatServer.RestAsync(stream);

        Assert.Equal(("a", "late"), (late.Text("id"), late.Text("result")));
        Assert.True(late.GetProperty("duration_ms").GetInt64() >= 0);
        Assert.Equal("stop", rest.Reason());
        var told = model.Asked.Last().Messages[^1];
        Assert.Equal(["a", "b"], told.Parts.Cast<ToolResultPart>().Select(static part => part.Id));
    }

    [Fact]
    public async Task What_the_model_said_before_its_calls_goes_back_to_it_each_round_by_itself()
    {
        var model = new ScriptedModel()
            .Then(Text("Let me \"look\""), Text("\n – äöü"), Call("a", "clock"), new AnswerEnded(FinishReason.ToolCalls))
            .Then(Call("b", "clock"), new AnswerEnded(FinishReason.ToolCalls))
            .Then(Text("Once more."), Call("c", "clock"), new AnswerEnded(FinishReason.ToolCalls))
            .ThenSay("Noon.");
        await using var server = await ChatServer.StartAsync(model, static services => services.AddPasswindowTool("clock", "", static () => "12:00"));

        await server.AskAsync("Go");

        var said = model.Asked.Last().Messages.Where(static message => message.Role == Protocol.Upstream.ChatRole.Assistant);
        Assert.Equal(["Let me \"look\"\n – äöü", "", "Once more."], said.Select(static message => string.Concat(message.Parts.OfType<TextPart>().Select(static part => part.Text))));
    }

    [Fact]
    public async Task A_tool_that_throws_is_an_error_for_model_and_viewer_without_its_words_and_the_turn_goes_on()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "bad"), Call("b", "told")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model, static services => services
            .AddPasswindowTool("bad", "", string () => throw new InvalidOperationException("password=secret"))
            .AddPasswindowTool("told", "", string () => throw new ToolException("No such city.")));

        var events = await server.AskAsync("Go");

        Assert.Equal("start tool_call tool_call tool_result tool_result done", events.Shape());
        Assert.Equal("The tool failed.", events.Of("tool_result").Single(static each => each.Text("id") == "a").Text("error"));
        Assert.Equal("No such city.", events.Of("tool_result").Single(static each => each.Text("id") == "b").Text("error"));
        Assert.DoesNotContain(events, static each => each.GetRawText().Contains("secret"));
        Assert.All(model.Asked.Last().Messages[^1].Parts.Cast<ToolResultPart>(), static part => Assert.True(part.IsError));
    }

    [Fact]
    public async Task A_tool_that_never_answers_is_cancelled_and_told_of_when_its_time_is_over()
    {
        var cancelled = new TaskCompletionSource();
        var model = new ScriptedModel().ThenCall(Call("a", "deaf")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model, services => services.AddPasswindowTool(
            "deaf",
            "",
            async (CancellationToken cancellation) =>
            {
                using var told = cancellation.Register(cancelled.SetResult);
                await new TaskCompletionSource().Task;
            },
            static options => options.Timeout = TimeSpan.FromMilliseconds(20)));

        var events = await server.AskAsync("Go");
        await cancelled.Task.WaitAsync(ChatServer.Patience);

        Assert.Equal("The tool did not answer in time.", events.Of("tool_result").Single().Text("error"));
        Assert.Equal("stop", events.Reason());
    }

    [Theory]
    [InlineData(ToolLimits.MaxResultBytes - 2, null)]
    [InlineData(ToolLimits.MaxResultBytes - 1, "too large")]
    public async Task A_result_over_the_limit_is_an_error(int length, string? error)
    {
        var model = new ScriptedModel().ThenCall(Call("a", "big")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model, services => services.AddPasswindowTool("big", "", () => new string('x', length)));

        var result = (await server.AskAsync("Go")).Of("tool_result").Single();

        Assert.Equal(error is null, result.TryGetProperty("result", out _));
        Assert.Contains(error ?? "", result.Text("error") ?? "");
    }

    [Fact]
    public async Task A_result_that_an_event_cannot_hold_is_an_error()
    {
        var deep = JsonElement.Parse(new string('[', 62) + new string(']', 62));
        var model = new ScriptedModel().ThenCall(Call("a", "deep")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model, services => services.AddPasswindowTool("deep", "", () => deep));

        Assert.Contains("nested", (await server.AskAsync("Go")).Of("tool_result").Single().Text("error"));
    }

    [Theory]
    [InlineData("{\"city\":")]
    [InlineData("[1]")]
    [InlineData("{\"city\":1}")]
    [InlineData("{}")]
    [InlineData("{\"city\":\"a\",\"city\":\"b\"}")]
    public async Task Arguments_that_the_tool_does_not_take_are_told_to_the_model_once_and_end_the_turn_the_second_time(string wrong)
    {
        int runs = 0;
        void Add(IServiceCollection services) => services.AddPasswindowTool("weather", "", (string city) => Interlocked.Increment(ref runs));
        var corrected = new ScriptedModel().ThenCall(Call("a", "weather", wrong)).ThenCall(Call("b", "weather", """{"city":"Paris"}""")).ThenCall(Call("c", "weather", wrong)).ThenSay("Well.");
        await using (var server = await ChatServer.StartAsync(corrected, Add))
        {
            var events = await server.AskAsync("Go");
            Assert.Equal("stop", events.Reason());
            Assert.Equal(2, events.Of("tool_result").Count(static each => each.Text("error") is not null));
        }

        var stubborn = new ScriptedModel().ThenCall(Call("a", "weather", wrong), Call("a2", "weather", wrong)).ThenCall(Call("b", "weather", wrong)).ThenSay("Never said.");
        await using (var server = await ChatServer.StartAsync(stubborn, Add))
        {
            var events = await server.AskAsync("Go");
            Assert.Equal("error", events.Reason());
            Assert.Equal("tool_failed", events.Of("error").Single().Text("code"));
            Assert.Equal(2, stubborn.Asked.Count);
        }

        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_tool_learns_who_asked_from_the_context_and_never_from_the_arguments()
    {
        ToolContext? seen = null;
        string? fromFunction = null;
        var model = new ScriptedModel()
            .ThenCall(Call("a", "mine", """{"what":"letters","tenant":"globex","who":{"Tenant":"globex"}}"""), Call("b", "raw"))
            .ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(
            model,
            services => services
                .AddPasswindowTool("mine", "", (string what, ToolContext who) => { seen = who; })
                .AddSingleton<AITool>(new RawFunction("raw", arguments => fromFunction = ((ToolContext)arguments.Context![typeof(ToolContext)]!).Caller.User)),
            static options => options.Identify = static _ => new Caller(new TenantId("acme"), "ann"));

        var events = await server.AskAsync("Go");

        Assert.Equal(new Caller(new TenantId("acme"), "ann"), seen!.Caller);
        Assert.Equal((events.Turn(), events.Conversation(), "a"), (seen.Turn.Value, seen.Conversation.Value, seen.CallId));
        Assert.Equal("ann", fromFunction);
        Assert.DoesNotContain("who", model.Asked.First().Tools.Single(static tool => tool.Name == "mine").Parameters);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_while_a_tool_runs_cancels_it_at_once_whether_it_obeys_or_not(bool obeys)
    {
        var cancelled = new TaskCompletionSource();
        var model = new ScriptedModel().ThenCall(Call("a", "long")).ThenSay("Never said.");
        var never = new TaskCompletionSource();
        await using var server = await ChatServer.StartAsync(model, services => services.AddPasswindowTool("long", "", async (CancellationToken cancellation) =>
        {
            _ = cancellation.Register(cancelled.SetResult);
            await (obeys ? Task.WhenAny(never.Task, cancelled.Task) : never.Task);
            cancellation.ThrowIfCancellationRequested();
        }));

        await using var stream = await server.OpenAsync("/chat", new { message = "Go" });
        var call = await ChatServer.UntilAsync(stream, "tool_call");
        string turn = stream.Response.Headers.GetValues("Passwindow-Turn").Single();
        var receipt = await (await server.PostAsync($"/chat/turns/{turn}/stop", "")).Content.ReadAsStringAsync().WaitAsync(ChatServer.Patience);
        await cancelled.Task.WaitAsync(ChatServer.Patience);
        var rest = await ChatServer.RestAsync(stream);

        Assert.Equal("stopped", JsonElement.Parse(receipt).Text("finish_reason"));
        Assert.Equal("done", rest.Shape());
        Assert.Single(model.Asked);
        never.SetResult();
    }

    [Fact]
    public async Task Of_two_hundred_calls_thirty_two_run_at_once_and_those_above_a_hundred_and_twenty_eight_are_refused()
    {
        int running = 0, most = 0, ran = 0;
        var full = new TaskCompletionSource();
        var model = new ScriptedModel().ThenCall([.. Enumerable.Range(0, 200).Select(static i => Call($"c{i}", "count"))]).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model, services => services.AddPasswindowTool("count", "", async () =>
        {
            int now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            Interlocked.Increment(ref ran);
            if (now == ToolLimits.MaxParallelCalls)
                full.TrySetResult();
            await full.Task;
            Interlocked.Decrement(ref running);
        }));

        var events = await server.AskAsync("Go");

        Assert.Equal((ToolLimits.MaxParallelCalls, ToolLimits.MaxCallsPerRound), (most, ran));
        Assert.Equal(200, events.Of("tool_result").Count);
        Assert.Equal(72, events.Of("tool_result").Count(static each => each.Text("error") is not null));
        Assert.Equal(200, model.Asked.Last().Messages[^1].Parts.Count);
    }

    [Fact]
    public async Task A_model_that_asks_for_tools_for_ever_is_asked_once_more_than_it_may_and_the_turn_ends_with_tool_limit()
    {
        int runs = 0;
        var model = new ScriptedModel();
        for (int i = 0; i < 10; i++)
            model.ThenCall(Call($"c{i}", "again"));
        await using var server = await ChatServer.StartAsync(
            model, services => services.AddPasswindowTool("again", "", () => Interlocked.Increment(ref runs)), static options => options.MaxToolRounds = 3);

        Assert.Equal("tool_limit", (await server.AskAsync("Go")).Reason());
        Assert.Equal((3, 4), (runs, model.Asked.Count));
    }

    [Fact]
    public async Task A_call_of_a_tool_that_nobody_has_is_told_to_the_model()
    {
        var model = new ScriptedModel().ThenCall(Call("a", "nothing")).ThenSay("Well.");
        await using var server = await ChatServer.StartAsync(model);

        var events = await server.AskAsync("Go");

        Assert.Equal("There is no tool named nothing.", events.Of("tool_result").Single().Text("error"));
        Assert.Equal("stop", events.Reason());
    }

    [Fact]
    public async Task A_tool_of_the_client_that_has_the_name_of_one_of_the_server_is_refused()
    {
        await using var server = await ChatServer.StartAsync(new ScriptedModel(), static services => services.AddPasswindowTool("clock", "", static () => 12));

        var refused = await server.PostAsync("/chat", """{"message":"Go","tools":[{"name":"clock"}]}""");

        Assert.Equal(400, (int)refused.StatusCode);
        Assert.Contains("clock", await refused.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_tool_the_journal_shows_the_call_no_result_and_an_interruption()
    {
        var never = new TaskCompletionSource();
        var model = new ScriptedModel().Then(Text("Let me see."), Call("a", "done"), Call("b", "long"), new AnswerEnded(FinishReason.ToolCalls));
        await using var server = await ChatServer.StartAsync(model, services => services
            .AddPasswindowTool("done", "", static () => 1)
            .AddPasswindowTool("long", "", () => never.Task));
        await using var stream = await server.OpenAsync("/chat", new { message = "Go" });
        await ChatServer.UntilAsync(stream, "tool_result");
        string turn = stream.Response.Headers.GetValues("Passwindow-Turn").Single();
        string copy = Directory.CreateTempSubdirectory("passwindow-killed-").FullName;
        Copy(server.Folder, copy);

        await using var next = await ChatServer.StartAsync(new ScriptedModel(), folder: copy);
        await using var again = await Testing.EventStreamClient.GetAsync(next.Http, $"/chat/turns/{turn}/events");
        var events = await ChatServer.RestAsync(again);

        Assert.Equal("interrupted", events.Reason());
        Assert.Equal("Let me see.", events.Of("token").Single().Text("token"));
        Assert.Equal(["a", "b"], events.Of("tool_call").Select(static each => each.Text("id")));
        Assert.Equal("a", events.Of("tool_result").Single().Text("id"));
        never.SetResult();
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(folder.Replace(from, to));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith("lock")))
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(file.Replace(from, to));
            source.CopyTo(target);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = most; value > seen; seen = most)
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private sealed class RawFunction(string name, Action<AIFunctionArguments> run) : AIFunction
    {
        public override string Name => name;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            run(arguments);
            return default;
        }
    }
}
