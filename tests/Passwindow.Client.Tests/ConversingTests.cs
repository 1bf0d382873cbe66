using System.Text.Json;
using Microsoft.Extensions.AI;
using Passwindow.Integration.Tests;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Client.Tests;

/// <summary>What a call carries, both ways.</summary>
public sealed class ConversingTests
{
    private static readonly AIFunctionDeclaration Weather = AIFunctionFactory.CreateDeclaration(
        "weather", "The weather of a city.", JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    [Fact]
    public async Task Everything_a_turn_tells_arrives_as_contents_a_dotnet_developer_knows()
    {
        await using var site = await Site.StartAsync();
        using var client = Talking.Client(site.Address);
        site.Send(ChatChunks.Reasoning("Hm. "));
        site.Say("Hello ");
        site.Say("you");
        site.Send([.. ChatChunks.Finish("stop"), .. ChatChunks.Usage(12, 5, cached: 4, reasoning: 2), .. ChatChunks.Done]);
        var response = await client.GetResponseAsync(Talking.Hello).WaitAsync(Talking.Patience);
        Assert.Equal("Hello you", response.Text);
        Assert.Equal("Hm. ", response.Messages[0].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal("model/scripted", response.ModelId);
        Assert.Equal((12, 5, 17, 4, 2), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount, response.Usage.CachedInputTokenCount, response.Usage.ReasoningTokenCount));
        Assert.StartsWith("c_", response.ConversationId, StringComparison.Ordinal);
        Assert.StartsWith("t_", response.ResponseId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_caller_s_tools_are_called_and_their_results_go_on_in_the_same_conversation()
    {
        await using var site = await Site.StartAsync();
        using var client = Talking.Client(site.Address);
        site.Send([.. ChatChunks.ToolCall(0, "call_1", "weather", """{"city":"Köln"}"""), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done]);
        var asked = await client.GetResponseAsync(Talking.Hello, new ChatOptions { Tools = [Weather] }).WaitAsync(Talking.Patience);
        Assert.Equal(ChatFinishReason.ToolCalls, asked.FinishReason);
        var call = asked.Messages.SelectMany(static message => message.Contents).OfType<FunctionCallContent>().Single();
        Assert.False(call.InformationalOnly);
        Assert.Equal("Köln", call.Arguments!["city"]?.ToString());

        site.Say("It rains.");
        site.Finish();
        var answered = await client.GetResponseAsync(
            [new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, new { sky = "rain" })])],
            new ChatOptions { Tools = [Weather], ConversationId = asked.ConversationId }).WaitAsync(Talking.Patience);
        Assert.EndsWith("It rains.", answered.Text, StringComparison.Ordinal);
        Assert.Equal(asked.ConversationId, answered.ConversationId);
        Assert.Contains("rain", site.Model.Requests[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_conversation_the_model_is_told_what_the_caller_remembers_and_with_one_what_the_server_does()
    {
        await using var site = await Site.StartAsync();
        using var client = Talking.Client(site.Address);
        ChatMessage[] messages = [new(ChatRole.User, "My name is Ada."), new(ChatRole.Assistant, "Hello Ada."), new(ChatRole.User, "Who am I?")];
        site.Say("Ada.");
        site.Finish();
        var first = await client.GetResponseAsync(messages, new ChatOptions { Instructions = "Be brief." }).WaitAsync(Talking.Patience);
        Assert.Equal(["system: Be brief.", "user: My name is Ada.", "assistant: Hello Ada.", "user: Who am I?"], Told(site, 0));

        site.Say("Sure.");
        site.Finish();
        await client.GetResponseAsync([new(ChatRole.User, "Sure?")], new ChatOptions { ConversationId = first.ConversationId }).WaitAsync(Talking.Patience);
        Assert.Equal(["system: Be brief.", "user: My name is Ada.", "assistant: Hello Ada.", "user: Who am I?", "assistant: Ada.", "user: Sure?"], Told(site, 1));
    }

    [Fact]
    public async Task A_refusal_says_what_the_server_said_of_it()
    {
        await using var site = await Site.StartAsync();
        using var client = Talking.Client(site.Address);
        var refused = await Assert.ThrowsAsync<PasswindowException>(() => client.GetResponseAsync([new(ChatRole.User, " ")]));
        Assert.Equal(("invalid_request", System.Net.HttpStatusCode.BadRequest, false), (refused.Code, refused.StatusCode, refused.IsRetryable));
    }

    [Fact]
    public async Task A_turn_that_fails_gives_what_was_said_before_and_then_throws()
    {
        await using var site = await Site.StartAsync("--Passwindow:UpstreamRetries=0");
        using var client = Talking.Client(site.Address);
        site.Say("Half");
        site.Send([.. """data: {"error":{"message":"boom","type":"server_error"}}"""u8, .. "\n\n"u8]);
        var told = new List<string>();
        var failed = await Assert.ThrowsAsync<PasswindowException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync(Talking.Hello).WithCancellation(new CancellationTokenSource(Talking.Patience).Token))
                told.Add(update.Text);
        });
        Assert.Equal("Half", string.Concat(told));
        Assert.Equal("upstream_unavailable", failed.Code);
    }

    private static IEnumerable<string> Told(Site site, int request) =>
        site.Model.Requests[request].Json.GetProperty("messages").EnumerateArray().Select(static message => $"{message.GetProperty("role")}: {message.GetProperty("content")}");
}
