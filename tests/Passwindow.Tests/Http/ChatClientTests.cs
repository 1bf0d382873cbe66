using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Passwindow.Tests.Upstream;
using Xunit;

namespace Passwindow.Tests.Http;

public sealed class ChatClientTests
{
    [Fact]
    public async Task Any_IChatClient_in_the_container_is_the_model()
    {
        var client = FakeChatClient.Of(
            new ChatResponseUpdate(ChatRole.Assistant, "Hel"),
            new ChatResponseUpdate(ChatRole.Assistant, "lo"),
            new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 7, OutputTokenCount = 2 })]) { FinishReason = ChatFinishReason.Stop });
        await using var server = await ServerUnderTest.StartAsync(upstream: null, services: services => services.AddSingleton<IChatClient>(client));
        await using var viewer = await server.AskAsync(Asking.Body("Say hello"));
        var events = await viewer.RestAsync();

        Assert.Equal("Hello", events.Text());
        Assert.Equal("stop", events.FinishReason());
        Assert.Equal("7", events.Single(each => each.Type == "usage").Field("input_tokens"));
        Assert.Equal("Say hello", Assert.Single(client.Messages).Text);
    }

    [Fact]
    public async Task One_with_a_key_is_named_by_it()
    {
        await using var server = await ServerUnderTest.StartAsync(upstream: null, services: services => services
            .AddKeyedSingleton<IChatClient>("house", (_, _) => FakeChatClient.Of(new ChatResponseUpdate(ChatRole.Assistant, "mine") { FinishReason = ChatFinishReason.Stop })));
        var (_, json) = await server.AnswerAsync(Asking.Body(model: "house"));

        Assert.Equal("mine", json.GetProperty("response").GetString());
    }

    [Fact]
    public async Task One_that_blocks_before_it_answers_holds_up_neither_the_head_nor_the_start()
    {
        using var goOn = new ManualResetEventSlim();
        var client = new FakeChatClient(_ =>
        {
            Assert.True(goOn.Wait(ServerUnderTest.Patience, CancellationToken.None)); // it heeds nothing
            return new[] { new ChatResponseUpdate(ChatRole.Assistant, "late") { FinishReason = ChatFinishReason.Stop } }.ToAsyncEnumerable();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream: null, services: services => services.AddSingleton<IChatClient>(client));
        await using var viewer = await server.AskAsync();
        Assert.Equal("start", Assert.Single(await viewer.NextAsync(1)).Type);

        goOn.Set();
        Assert.Equal("late", (await viewer.RestAsync()).Text());
    }

    [Fact]
    public async Task Without_any_model_the_demo_answers()
    {
        await using var server = await ServerUnderTest.StartAsync(upstream: null, services: services => services.AddKeyedSingleton<object>("other", new object()));
        await using var viewer = await server.AskAsync(Asking.Body("Hello"));

        Assert.Equal("demo", (await viewer.NextAsync(1))[0].Field("model"));
    }
}
