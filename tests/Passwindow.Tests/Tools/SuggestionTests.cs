using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Turns;
using Passwindow.Upstream;
using Xunit;
using static Passwindow.Tests.Tools.ScriptedModel;

namespace Passwindow.Tests.Tools;

public class SuggestionTests
{
    [Fact]
    public async Task Three_questions_come_after_the_answer_and_before_the_end()
    {
        var model = new ScriptedModel().ThenSay("Paris is large.").ThenSay("""Sure! ["How large?","Who lives there?","Why?","One too many?"]""");
        await using var server = await ChatServer.StartAsync(model, options: static options => options.Suggestions = "script/small");

        var events = await server.AskAsync("What is Paris?");

        Assert.Equal(["suggested_questions", "usage", "done"], events.TakeLast(3).Select(static each => each.Type()));
        Assert.Equal(["How large?", "Who lives there?", "Why?"], events.Of("suggested_questions").Single().GetProperty("suggested_questions").EnumerateArray().Select(static each => each.GetString()));
        var asked = model.Asked.Last();
        Assert.Equal("small", asked.Model);
        Assert.NotNull(asked.Options.MaxOutputTokens);
        Assert.Contains("Paris is large.", ((TextPart)asked.Messages[^1].Parts[0]).Text);
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("prose")]
    [InlineData("endless")]
    public async Task Whatever_goes_wrong_with_them_the_answer_stands(string fault)
    {
        var model = new ScriptedModel().ThenSay("Paris is large.").Then((_, cancellation) => fault switch
        {
            "throws" => throw new UpstreamException(ErrorCode.UpstreamUnavailable, "gone", retryable: true),
            "prose" => Say([Text("I would rather not."), new AnswerEnded(FinishReason.Stop)], cancellation),
            _ => Endless(cancellation),
        });
        await using var server = await ChatServer.StartAsync(model, options: static options => options.Suggestions = "script/small");

        var events = await server.AskAsync("What is Paris?");

        Assert.Equal(2, model.Asked.Count);
        Assert.Equal("start done", events.Shape());
        Assert.Equal("stop", events.Reason());
    }

    [Fact]
    public async Task A_stop_while_they_are_looked_for_ends_the_turn_as_the_whole_answer_that_it_is()
    {
        var asked = new TaskCompletionSource();
        var model = new ScriptedModel().ThenSay("Paris is large.").Then((_, cancellation) => Silent(asked, cancellation));
        await using var server = await ChatServer.StartAsync(model, options: static options => options.Suggestions = "script/small");
        await using var stream = await server.OpenAsync("/chat", new { message = "Go" });
        await asked.Task.WaitAsync(ChatServer.Patience);

        string turn = stream.Response.Headers.GetValues("Passwindow-Turn").Single();
        var receipt = JsonElement.Parse(await (await server.PostAsync($"/chat/turns/{turn}/stop", "")).Content.ReadAsStringAsync());
        var events = await ChatServer.RestAsync(stream);

        Assert.Equal("stop", receipt.Text("finish_reason"));
        Assert.Equal("Paris is large.", events.Of("token").Single().Text("token"));
        Assert.Equal("stop", events.Reason());
    }

    [Fact]
    public async Task A_model_that_is_silent_is_given_five_seconds()
    {
        var time = new HandTime();
        var asked = new TaskCompletionSource();
        var model = new ScriptedModel().Then((_, cancellation) => Silent(asked, cancellation));
        var suggestions = new Suggestions(new ResolvedModel(model, "script/small", "small"), time, NullLogger<Suggestions>.Instance);

        var questions = suggestions.AskAsync([ChatMessage.Of(ChatRole.User, "Go")], "Well.", CancellationToken.None);
        await asked.Task.WaitAsync(ChatServer.Patience);
        time.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(questions.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));

        Assert.Empty(await questions.WaitAsync(ChatServer.Patience));
    }

    [Fact]
    public async Task Without_the_setting_nobody_is_asked()
    {
        var model = new ScriptedModel().ThenSay("Paris is large.");
        await using var server = await ChatServer.StartAsync(model);

        Assert.Equal("start done", (await server.AskAsync("What is Paris?")).Shape());
        Assert.Single(model.Asked);
    }

    [Theory]
    [InlineData("""["A?","B?"]""", "A?|B?")]
    [InlineData("```json\n[\"A?\", \"B?\",]\n```", "A?|B?")]
    [InlineData("Here:\n1. A?\n2) \"B?\"\n- C?\n* D?", "A?|B?|C?")]
    [InlineData("[1, \"A?\", null, \"\", \"A?\"]", "A?")]
    [InlineData("[broken \"A?\"", "")]
    [InlineData("", "")]
    public void Whatever_can_be_understood_is_taken(string reply, string expected) => Assert.Equal(expected, string.Join('|', SuggestedQuestions.Read(reply)));

    [Fact]
    public void A_question_that_is_too_long_is_left_out() => Assert.Equal(["A?"], SuggestedQuestions.Read($"""["{new string('x', 201)}","A?"]"""));

    private static async IAsyncEnumerable<ChatEvent> Endless([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Yield();
            yield return Text("and so on ");
        }
    }

    private static async IAsyncEnumerable<ChatEvent> Silent(TaskCompletionSource asked, [EnumeratorCancellation] CancellationToken cancellation)
    {
        asked.SetResult();
        await new TaskCompletionSource().Task.WaitAsync(cancellation);
        yield break;
    }
}
