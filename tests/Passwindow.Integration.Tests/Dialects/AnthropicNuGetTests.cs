using Anthropic;
using Anthropic.Models.Messages;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>The official NuGet package <c>Anthropic</c>, unchanged.</summary>
public sealed class AnthropicNuGetTests
{
    private static readonly MessageCreateParams Hi = new() { Model = "chat/scripted", MaxTokens = 9, Messages = [new UserMessageParam("Hi")] };

    [Fact]
    public async Task A_call_is_the_same_aggregated_and_whole()
    {
        await using var site = await RecordedSite.StartAsync();
        byte[] answer =
        [
            .. ChatChunks.Text("I look."), .. ChatChunks.ToolCall(0, "call_1", "weather"), .. ChatChunks.ToolCall(0, arguments: "{\"city\": \"R"), .. ChatChunks.ToolCall(0, arguments: "ome\"}"),
            .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Usage(3, 2), .. ChatChunks.Done,
        ];
        site.Upstream.Next(exchange => exchange.WriteAsync(answer)).Next(exchange => exchange.WriteAsync(answer));
        var client = Client(site);

        var streamed = await client.Messages.CreateStreaming(Hi).Aggregate();
        var whole = await client.Messages.Create(Hi);

        foreach (var message in new[] { streamed, whole })
        {
            Assert.True(message.Content[0].TryPickText(out var text));
            Assert.True(message.Content[1].TryPickToolUse(out var call));
            Assert.Equal(("I look.", "call_1", "weather", "Rome"), (text.Text, call.ID, call.Name, call.Input["city"].GetString()));
            Assert.Equal("tool_use", message.StopReason?.Raw());
            Assert.Equal((3, 2), (message.Usage.InputTokens, message.Usage.OutputTokens));
        }
    }

    [Fact]
    public async Task A_failure_is_an_exception_before_the_first_token_and_after_it()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:UpstreamRetries=0");
        site.Upstream.Next(static exchange => exchange.RespondAsync(429, "{}")).Next(static async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            exchange.Close();
        });
        var client = Client(site);

        await Assert.ThrowsAsync<Anthropic.Exceptions.AnthropicRateLimitException>(() => client.Messages.Create(Hi));
        await Assert.ThrowsAnyAsync<Exception>(() => client.Messages.CreateStreaming(Hi).Aggregate());
    }

    private static AnthropicClient Client(RecordedSite site) => new() { ApiKey = "k", BaseUrl = site.Address.ToString().TrimEnd('/'), MaxRetries = 0 };
}
