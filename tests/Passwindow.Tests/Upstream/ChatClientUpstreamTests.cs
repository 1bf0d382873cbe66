using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;
using Xunit;
using ChatMessage = Passwindow.Protocol.Upstream.ChatMessage;
using ChatRole = Passwindow.Protocol.Upstream.ChatRole;

namespace Passwindow.Tests.Upstream;

public class ChatClientUpstreamTests
{
    [Fact]
    public async Task A_question_is_put_in_the_clients_words()
    {
        var client = FakeChatClient.Of();
        ChatMessage[] messages =
        [
            ChatMessage.Of(ChatRole.System, "Be brief."),
            ChatMessage.Of(ChatRole.User, "Weather?"),
            new(ChatRole.Assistant, [new ReasoningPart("hm", "sig", null), new ReasoningPart("unsigned", null, null), new ToolCallPart("c1", "w", """{"city":"Bonn"}""")]),
            new(ChatRole.Tool, [new ToolResultPart("c1", "w", """{"t":21}""", IsError: false)]),
        ];
        await Of(client).AllAsync(new("gpt", messages, [new("w", "The weather", """{"type":"object","properties":{"city":{"type":"string"}}}""")]) { Options = new() { MaxOutputTokens = 7 } });

        Assert.Equal(["system", "user", "assistant", "tool"], client.Messages.Select(static message => message.Role.Value));
        Assert.Equal("sig", Assert.Single(client.Messages[2].Contents.OfType<TextReasoningContent>()).ProtectedData);
        Assert.Equal("Bonn", Assert.Single(client.Messages[2].Contents.OfType<FunctionCallContent>()).Arguments!["city"]!.ToString());
        Assert.Equal(21, ((JsonElement)Assert.Single(client.Messages[3].Contents.OfType<FunctionResultContent>()).Result!).GetProperty("t").GetInt32());
        Assert.Equal(("gpt", 7), (client.Options!.ModelId, client.Options.MaxOutputTokens));
        var tool = Assert.IsAssignableFrom<AIFunctionDeclaration>(Assert.Single(client.Options.Tools!));
        Assert.IsNotAssignableFrom<AIFunction>(tool);
        Assert.Equal(("w", "The weather"), (tool.Name, tool.Description));
        Assert.True(tool.JsonSchema.GetProperty("properties").TryGetProperty("city", out _));
    }

    [Fact]
    public async Task An_answer_is_read_with_all_that_belongs_to_it()
    {
        var (text, events, failure) = await Ask(
            Update(new TextReasoningContent("hm") { ProtectedData = "sig" }),
            Update(new TextContent("Hel")),
            Update(new TextContent("lo") { Annotations = [new CitationAnnotation { Url = new("https://e.org/"), Title = "E" }] }),
            Update(new UsageContent(new() { InputTokenCount = 3, OutputTokenCount = 1 })),
            Update(new UsageContent(new() { OutputTokenCount = 1, ReasoningTokenCount = 1, CachedInputTokenCount = 2 })),
            new ChatResponseUpdate { FinishReason = ChatFinishReason.Length });

        Assert.Null(failure);
        Assert.Equal("Hello", text);
        Assert.Equal("sig", Assert.Single(events.OfType<ReasoningDelta>()).Signature);
        Assert.Equal("""{"url":"https://e.org/","title":"E"}""", Encoding.UTF8.GetString(Assert.Single(events.OfType<CitationFound>()).Citation.Span));
        Assert.Equal(new Usage { InputTokens = 3, OutputTokens = 2, ReasoningTokens = 1, CachedTokens = 2 }, events.OfType<UsageReported>().Last().Usage);
        Assert.Equal(FinishReason.Length, Assert.IsType<AnswerEnded>(events[^1]).Reason);
    }

    [Fact]
    public async Task A_client_that_ends_without_a_finish_reason_has_stopped()
    {
        var (_, events, failure) = await Ask(Update(new TextContent("Hi")));

        Assert.Null(failure);
        Assert.Equal(FinishReason.Stop, Assert.IsType<AnswerEnded>(events[^1]).Reason);
    }

    [Fact]
    public async Task A_character_cut_in_two_is_joined_and_half_a_character_is_replaced()
    {
        var (joined, events, _) = await Ask(Update(new TextContent("a\uD83D")), Update(new TextContent("\uDE00b")), Update(new TextContent("c\uD83D")));

        Assert.Equal("a😀bc\uFFFD", joined);
        Assert.Equal(["a", "😀b", "c", "\uFFFD"], events.OfType<TextDelta>().Select(static delta => Encoding.UTF8.GetString(delta.Text.Span)));
    }

    [Fact]
    public async Task Calls_are_for_us_unless_the_client_answered_them_itself()
    {
        var (_, events, _) = await Ask(
            Update(new FunctionCallContent("c1", "own"), new FunctionResultContent("c1", "done")),
            Update(new FunctionCallContent("c2", "ours", new Dictionary<string, object?> { ["n"] = 1, ["s"] = null })),
            Update(new FunctionCallContent("c3", "broken") { Exception = new JsonException() }),
            new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop });

        Assert.Equal(
            [("c2", "ours", """{"n":1,"s":null}"""), ("c3", "broken", "unreadable")],
            events.OfType<ToolCallRequested>().Select(static call => (call.Id, call.Name, Encoding.UTF8.GetString(call.Arguments.Span))));
        Assert.Equal(FinishReason.ToolCalls, Assert.IsType<AnswerEnded>(events[^1]).Reason);
    }

    [Fact]
    public async Task An_exception_of_the_client_is_unavailable_and_what_was_said_stands()
    {
        static async IAsyncEnumerable<ChatResponseUpdate> Break()
        {
            yield return Update(new TextContent("Hel"));
            await Task.Yield();
            throw new InvalidOperationException("secret");
        }

        var (text, _, failure) = await Of(new FakeChatClient(_ => Break())).AllAsync();

        Assert.Equal("Hel", text);
        Assert.Equal(ErrorCode.UpstreamUnavailable, failure!.Code);
        Assert.DoesNotContain("secret", failure.Message);
    }

    [Fact]
    public async Task A_client_that_cancels_itself_is_unavailable()
    {
        var (_, _, failure) = await Of(new FakeChatClient(_ => throw new OperationCanceledException())).AllAsync();

        Assert.Equal(ErrorCode.UpstreamUnavailable, failure!.Code);
    }

    [Fact]
    public async Task An_error_within_the_answer_is_unavailable_and_a_refusal_is_text()
    {
        Assert.Equal(ErrorCode.UpstreamUnavailable, (await Ask(Update(new ErrorContent("bad")))).Failure!.Code);

        var (text, events, failure) = await Ask(Update(new ErrorContent("I will not.") { ErrorCode = "Refusal" }));
        Assert.Null(failure);
        Assert.Equal("I will not.", text);
        Assert.True(Assert.Single(events.OfType<TextDelta>()).IsRefusal);
    }

    [Fact]
    public async Task A_client_that_ignores_cancellation_is_left_behind_and_disposed_when_it_comes_back()
    {
        var comesBack = new TaskCompletionSource();
        var disposed = new TaskCompletionSource();

        async IAsyncEnumerable<ChatResponseUpdate> Deaf()
        {
            try
            {
                yield return Update(new TextContent("Hel"));
                await comesBack.Task;
                yield return Update(new TextContent("lo"));
            }
            finally
            {
                disposed.SetResult();
            }
        }

        using var cancel = new CancellationTokenSource();
        var asked = Of(new FakeChatClient(_ => Deaf())).Pull(PlainApi.Question, cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        var next = asked.MoveNextAsync().AsTask();
        cancel.Cancel();

        await Assert.ThrowsAsync<OperationCanceledException>(() => next.WaitAsync(Asking.Patience));
        await asked.DisposeAsync().AsTask().WaitAsync(Asking.Patience);
        Assert.False(disposed.Task.IsCompleted);
        comesBack.SetResult();
        await disposed.Task.WaitAsync(Asking.Patience);
    }

    [Fact]
    public async Task Leaving_without_cancelling_cancels_the_client()
    {
        var cancelled = new TaskCompletionSource();

        async IAsyncEnumerable<ChatResponseUpdate> Wait([EnumeratorCancellation] CancellationToken token)
        {
            token.Register(cancelled.SetResult);
            yield return Update(new TextContent("Hel"));
            await Task.Delay(Timeout.Infinite, token);
        }

        await Of(new FakeChatClient(Wait)).AskAsync(PlainApi.Question, new Listener(static _ => false), default).WaitAsync(Asking.Patience);

        await cancelled.Task.WaitAsync(Asking.Patience);
    }

    private static ChatResponseUpdate Update(params AIContent[] contents) => new() { Contents = contents };

    private static ChatClientUpstream Of(FakeChatClient client) => new(() => client, NullLogger<ChatClientUpstream>.Instance);

    private static Task<(string Text, List<ChatEvent> Events, UpstreamException? Failure)> Ask(params ChatResponseUpdate[] updates) =>
        Of(FakeChatClient.Of(updates)).AllAsync();
}
