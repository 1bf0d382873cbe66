using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using OpenAI;
using OpenAI.Chat;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>The official NuGet package <c>OpenAI</c>, unchanged.</summary>
public sealed class OpenAINuGetTests
{
    private static readonly ChatMessage[] Hi = [new UserChatMessage("Hi")];

    [Fact]
    public async Task Text_and_usage_are_the_same_streamed_and_whole()
    {
        await using var site = await RecordedSite.StartAsync();
        site.Upstream.Next(static exchange => exchange.WriteAsync(ChatChunks.Answer("Hé", "llo"))).Next(static exchange => exchange.WriteAsync(ChatChunks.Answer("Hé", "llo")));
        var client = Client(site);

        var (text, reason, usage, _) = await StreamAsync(client);
        ChatCompletion whole = await client.CompleteChatAsync(Hi);

        Assert.Equal(("Héllo", ChatFinishReason.Stop, 3, 2), (text, reason, usage?.InputTokenCount, usage?.OutputTokenCount));
        Assert.Equal(("Héllo", ChatFinishReason.Stop, 3, 2), (whole.Content.Single().Text, whole.FinishReason, whole.Usage.InputTokenCount, whole.Usage.OutputTokenCount));
    }

    [Fact]
    public async Task Parallel_calls_come_out_as_the_model_wrote_them()
    {
        await using var site = await RecordedSite.StartAsync();
        byte[] calls =
        [
            .. ChatChunks.ToolCall(0, "call_1", "weather"), .. ChatChunks.ToolCall(0, arguments: "{\"city\": \"R"), .. ChatChunks.ToolCall(0, arguments: "ome\"}"),
            .. ChatChunks.ToolCall(1, "call_2", "weather", """{"city":"Oslo"}"""), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done,
        ];
        site.Upstream.Next(exchange => exchange.WriteAsync(calls)).Next(exchange => exchange.WriteAsync(calls));
        var client = Client(site);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "The weather.", BinaryData.FromString("""{"type":"object"}""")) } };

        var (_, reason, _, streamed) = await StreamAsync(client, options);
        ChatCompletion whole = await client.CompleteChatAsync(Hi, options);

        string[] expected = ["call_1 weather {\"city\": \"Rome\"}", "call_2 weather {\"city\":\"Oslo\"}"];
        Assert.Equal(ChatFinishReason.ToolCalls, reason);
        Assert.Equal(expected, streamed);
        Assert.Equal(expected, whole.ToolCalls.Select(static call => $"{call.Id} {call.FunctionName} {call.FunctionArguments}"));
    }

    [Fact]
    public async Task A_failure_is_an_exception_with_the_status_and_in_a_stream_no_finish_reason()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:UpstreamRetries=0");
        site.Upstream.Next(static exchange => exchange.RespondAsync(429, "{}")).Next(static async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            exchange.Close();
        });
        var client = Client(site);

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync(Hi));
        Assert.Equal(429, refused.Status);
        Assert.Contains("upstream_rate_limited", refused.Message, StringComparison.Ordinal);

        var text = new StringBuilder();
        bool hasFinished = false;
        var fault = await Record.ExceptionAsync(async () =>
        {
            await foreach (var update in client.CompleteChatStreamingAsync(Hi))
            {
                text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
                hasFinished |= update.FinishReason is not null;
            }
        });
        Assert.Equal(("Hel", false), (text.ToString(), hasFinished));
        Assert.Null(fault); // this SDK skips what it does not know: that there was no finish reason is all that it tells
    }

    [Fact]
    public async Task A_client_that_cancels_has_left_and_the_upstream_is_cancelled_when_nobody_watches()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:Linger=0");
        site.Upstream.Next(static async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await exchange.SilenceAsync();
        });
        using var leaving = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Client(site).CompleteChatStreamingAsync(Hi, options: null, leaving.Token))
                await leaving.CancelAsync();
        });

        await (await site.Upstream.ExchangeAsync(0)).ClientGone.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static ChatClient Client(RecordedSite site) => new(
        "chat/scripted", new ApiKeyCredential("k"), new OpenAIClientOptions { Endpoint = new Uri(site.Address, "v1"), RetryPolicy = new ClientRetryPolicy(0) });

    private static async Task<(string Text, ChatFinishReason? Reason, ChatTokenUsage? Usage, string[] Calls)> StreamAsync(ChatClient client, ChatCompletionOptions? options = null)
    {
        var text = new StringBuilder();
        var calls = new SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)>();
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync(Hi, options))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
            reason ??= update.FinishReason;
            usage ??= update.Usage;
            foreach (var call in update.ToolCallUpdates)
            {
                if (!calls.ContainsKey(call.Index))
                    calls[call.Index] = (call.ToolCallId, call.FunctionName, new StringBuilder());
                calls[call.Index].Arguments.Append(call.FunctionArgumentsUpdate);
            }
        }

        return (text.ToString(), reason, usage, [.. calls.Values.Select(static call => $"{call.Id} {call.Name} {call.Arguments}")]);
    }
}
