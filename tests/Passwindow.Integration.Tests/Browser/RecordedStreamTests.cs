using Microsoft.Playwright;
using Passwindow.Integration.Tests.Dialects;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>Answers as providers streamed them: the page has every character of them, live and read again.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class RecordedStreamTests(Chromium chromium)
{
    [Theory]
    [InlineData("chat", "chat-completions", "groq-text")]
    [InlineData("chat", "chat-completions", "alibaba-text")]
    [InlineData("chat", "chat-completions", "deepseek-streaming-with-api-usage-and-events")]
    [InlineData("chat", "chat-completions", "azure-deepseek-reasoning-1")]
    [InlineData("chat", "chat-completions", "mistral-hybrid-reasoning-streams-thinking-separately-from-content")]
    [InlineData("claude", "anthropic-messages", "anthropic-stream-with-web-search-citations-1")]
    [InlineData("claude", "anthropic-messages", "anthropic-web-fetch-tool-1")]
    [InlineData("claude", "anthropic-messages", "anthropic-reasoning-roundtrip-streaming-1")]
    public async Task It_is_shown_whole(string provider, string api, string name)
    {
        var expected = new UpstreamRecording(api, name).Expected;
        await using var site = await RecordedSite.StartAsync($"--Passwindow:Model={provider}/{name}");
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);

        await chat.AskAsync("Go");
        await chat.AnsweredAsync();
        Assert.Equal(expected.Text, await CopyAsync(chat));
        string live = string.Join("\n", await chat.Text.AllInnerTextsAsync());
        await chat.Page.ReloadAsync();
        await chat.AnsweredAsync();

        Assert.Equal(expected.Text, await CopyAsync(chat));
        if (await chat.Answer.Locator(".tool").CountAsync() == 0)
            Assert.Equal(live, string.Join("\n", await chat.Text.AllInnerTextsAsync()));
        if (expected.Reasoning.Trim().Length > 0)
            await Assertions.Expect(chat.Answer.GetByText("Thoughts").First).ToBeVisibleAsync();
        if (expected.Citations > 0)
            await Assertions.Expect(chat.Answer.Locator(".sources a").First).ToBeVisibleAsync();
    }

    private static async Task<string> CopyAsync(ChatPage chat)
    {
        await chat.Page.EvaluateAsync("() => { delete window.copied; navigator.clipboard.writeText = async text => { window.copied = text; }; }");
        await chat.Answer.GetByRole(AriaRole.Button, new() { Name = "Copy answer" }).ClickAsync();
        return await chat.Page.EvaluateAsync<string>("copied"); // the copy above needs no time: it is there once the button was pressed
    }
}
