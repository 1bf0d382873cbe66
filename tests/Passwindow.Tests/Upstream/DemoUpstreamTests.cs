using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

public class DemoUpstreamTests
{
    private static readonly ToolDeclaration Weather = new(
        "get_weather", null, """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},"unit":{"enum":["celsius","kelvin"]}}}""");

    [Fact]
    public async Task The_first_token_comes_at_once_and_the_others_forty_a_second()
    {
        var time = new HandTime();
        await using var asked = new DemoUpstream(time).Pull(Ask("Hi"));
        var first = asked.MoveNextAsync();
        Assert.True(first.IsCompletedSuccessfully);
        Assert.True(await first);
        Assert.IsType<ReasoningDelta>(asked.Current);

        var second = asked.MoveNextAsync();
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(25));
        Assert.True(await second.AsTask().WaitAsync(Asking.Patience));
    }

    [Fact]
    public async Task It_speaks_markdown_of_the_question_and_ends_with_what_it_cost()
    {
        var (text, events, failure) = await Run(Ask("What is `soup`?"));

        Assert.Null(failure);
        foreach (var expected in new[] { "## ", "**", "\n1. ", "```bash\n", "](https://", "What is 'soup'?" })
            Assert.Contains(expected, text);
        Assert.Equal(FinishReason.Stop, Assert.IsType<AnswerEnded>(events[^1]).Reason);
        var usage = Assert.IsType<UsageReported>(events[^2]).Usage;
        Assert.Equal(events.Count(static said => said is TextDelta or ReasoningDelta), usage.OutputTokens);
        Assert.Equal(3, usage.InputTokens);
        Assert.Equal(text, (await Run(Ask("What is `soup`?"))).Text);
    }

    [Fact]
    public async Task Asked_for_a_long_answer_it_gives_about_two_thousand_tokens()
    {
        var (_, events, _) = await Run(Ask("A LONG one"));

        Assert.InRange(events.OfType<TextDelta>().Count(), 2_000, 2_100);
    }

    [Fact]
    public async Task Asked_to_fail_it_breaks_off()
    {
        var (text, events, failure) = await Run(Ask("please fail"));

        Assert.NotEqual("", text);
        Assert.Equal(DemoUpstream.TokensBeforeFailure, events.OfType<TextDelta>().Count());
        Assert.Equal(ErrorCode.UpstreamTruncated, failure!.Code);
    }

    [Fact]
    public async Task Asked_to_be_slow_it_takes_a_second_a_token()
    {
        var time = new HandTime();
        await using var asked = new DemoUpstream(time).Pull(Ask("slow"));
        Assert.True(await asked.MoveNextAsync());
        var second = asked.MoveNextAsync().AsTask();
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await second.WaitAsync(Asking.Patience));
    }

    [Fact]
    public async Task Asked_for_the_weather_it_calls_the_tool_and_then_speaks_of_its_result()
    {
        var (_, events, _) = await Run(Ask("The weather?") with { Tools = [new("other", null, null), Weather] });
        var call = Assert.Single(events.OfType<ToolCallRequested>());

        Assert.Equal("get_weather", call.Name);
        Assert.Equal("""{"city":"Paris","days":1,"unit":"celsius"}""", Encoding.UTF8.GetString(call.Arguments.Span));
        Assert.Equal(FinishReason.ToolCalls, Assert.IsType<AnswerEnded>(events[^1]).Reason);

        ChatMessage[] after =
        [
            ChatMessage.Of(ChatRole.User, "The weather?"),
            new(ChatRole.Assistant, [new ToolCallPart(call.Id, call.Name, "{}")]),
            new(ChatRole.Tool, [new ToolResultPart(call.Id, call.Name, "\"sunny\"", IsError: false)]),
        ];
        var (text, rest, _) = await Run(new("demo", after, [Weather]));
        Assert.Contains("sunny", text);
        Assert.Empty(rest.OfType<ToolCallRequested>());
    }

    [Theory]
    [InlineData("Use a tool", "other")]
    [InlineData("Use the tool get_weather", "get_weather")]
    [InlineData("Say hello", null)]
    public async Task It_calls_a_tool_only_when_asked_to(string question, string? expected)
    {
        var (_, events, _) = await Run(Ask(question) with { Tools = [new("other", null, "not json"), Weather] });

        Assert.Equal(expected, events.OfType<ToolCallRequested>().SingleOrDefault()?.Name);
    }

    [Fact]
    public async Task A_long_question_is_echoed_up_to_a_whole_character()
    {
        var (text, _, _) = await Run(Ask(new string('a', 79) + "😀😀"));

        Assert.Contains(new string('a', 79) + "…", text);
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Fact]
    public async Task Cancelled_it_stops_at_once()
    {
        using var cancel = new CancellationTokenSource();
        await using var asked = new DemoUpstream(new HandTime()).Pull(Ask("Hi"), cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        var next = asked.MoveNextAsync().AsTask();
        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Asking.Patience));
    }

    private static ChatRequest Ask(string question) => new("demo", [ChatMessage.Of(ChatRole.User, question)], []);

    private static async Task<(string Text, List<ChatEvent> Events, UpstreamException? Failure)> Run(ChatRequest request)
    {
        var time = new HandTime();
        var asked = new DemoUpstream(time).AllAsync(request);
        while (!asked.IsCompleted)
        {
            var due = time.TimerDueInAsync(DemoUpstream.Pace);
            await Task.WhenAny(due, asked).WaitAsync(Asking.Patience);
            time.Advance(DemoUpstream.Pace);
        }

        return await asked;
    }
}
