using Microsoft.Playwright;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>The chat page in one tab, as a person finds their way in it. What goes wrong in its scripts fails the test at its end.</summary>
internal sealed class ChatPage : IAsyncDisposable
{
    private readonly PageErrors _errors;

    private ChatPage(IPage page)
    {
        Page = page;
        _errors = new PageErrors(page);
    }

    public IPage Page { get; }

    public ILocator Box => Page.Locator("#message");

    public ILocator Log => Page.Locator(".log");

    public ILocator Questions => Page.Locator(".question .asked");

    public ILocator Answers => Page.Locator(".answer");

    public ILocator Answer => Page.Locator(".turn.last .answer");

    /// <summary>The text of the last answer, without what stands around it.</summary>
    public ILocator Text => Answer.Locator("> .text");

    public ILocator Send => Page.Locator("#send");

    public ILocator Stop => Page.Locator("#stop");

    public ILocator Entries => Page.Locator("nav li > a");

    public static async Task<ChatPage> OpenAsync(IPage page, Uri address, string? conversation = null)
    {
        SkipUnlessBuilt();
        var chat = new ChatPage(page);
        await page.GotoAsync(address + (conversation is null ? "" : $"#{conversation}"));
        return chat;
    }

    public static void SkipUnlessBuilt()
    {
        string main = Path.Combine(AppContext.BaseDirectory, "wwwroot", "index.html");
        if (!File.Exists(main) && Environment.GetEnvironmentVariable("CI") != "true")
            Assert.Skip("the page is not built (web/build.sh)");
    }

    public async Task AskAsync(string question)
    {
        await Box.FillAsync(question);
        await Box.PressAsync("Enter");
        await Assertions.Expect(Questions.Last).ToHaveTextAsync(question);
    }

    /// <summary>Until the answer is complete: one that has ended is shown to its end.</summary>
    public async Task AnsweredAsync()
    {
        await Assertions.Expect(Send).ToBeVisibleAsync();
        await Assertions.Expect(Answer).ToHaveAttributeAsync("aria-busy", "false");
        await Assertions.Expect(Answer.Locator(".waiting")).ToHaveCountAsync(0); // until the part that reads Markdown is there
    }

    public Task SeesAsync(string text) => Assertions.Expect(Text.Last).ToContainTextAsync(text);

    /// <summary>The id of the conversation, of the address.</summary>
    public string Conversation => new Uri(Page.Url).Fragment.TrimStart('#');

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        _errors.AssertNone();
    }
}
