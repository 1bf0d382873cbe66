using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>The page for those who do not see it, or have no mouse.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class AccessibilityTests(Chromium chromium)
{
    [Theory, InlineData("light"), InlineData("dark")]
    public async Task Axe_finds_no_serious_violation(string theme)
    {
        await using var site = await Site.StartAsync("--Passwindow:Suggestions=demo");
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.Page.EvaluateAsync($"document.documentElement.dataset.theme = '{theme}'");
        await Axe.CheckAsync(chat.Page, "empty");

        await chat.AskAsync("Show all");
        site.Send(ChatChunks.Reasoning("Hm."));
        site.Say("# Title\n\nText with `code`, [a link](https://example.org/) and $x$.\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n- [ ] open\n\n```js\nconst a = '1'; // note\n```\n\n");
        await chat.SeesAsync("note");
        await Axe.CheckAsync(chat.Page, "while it is answered");
        site.Send(ChatChunks.Delta("""{"content":"","annotations":[{"type":"url_citation","url_citation":{"url":"https://example.org/a","title":"The source"}}]}"""));
        site.Finish();
        await chat.AnsweredAsync();
        await Assertions.Expect(chat.Page.Locator(".suggestions button")).ToHaveCountAsync(3);
        await Axe.CheckAsync(chat.Page, "answered");

        await chat.Page.Keyboard.PressAsync("Control+/");
        await Axe.CheckAsync(chat.Page, "help");
        await chat.Page.Keyboard.PressAsync("Escape");
        await chat.Page.SetViewportSizeAsync(390, 780);
        await chat.Page.GetByRole(AriaRole.Button, new() { Name = "Conversations", Exact = true }).ClickAsync();
        await Axe.CheckAsync(chat.Page, "drawer");
    }

    [Fact]
    public async Task The_answer_is_announced_as_begun_and_once_as_a_whole()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.Page.EvaluateAsync("""
            () => {
                window.said = [];
                new MutationObserver(() => said.push(document.querySelector('#announcer').textContent))
                    .observe(document.querySelector('#announcer'), { childList: true, subtree: true, characterData: true });
            }
            """);

        await chat.AskAsync("Hello");
        for (int i = 0; i < 50; i++)
            site.Say($"word{i} ");
        site.Answer("**end**.");
        await Assertions.Expect(chat.Page.Locator("#announcer")).ToContainTextAsync("end.");

        string[] said = await chat.Page.EvaluateAsync<string[]>("said");
        Assert.Equal(["Answering…", string.Concat(Enumerable.Range(0, 50).Select(static i => $"word{i} ")) + "end."], said);
        Assert.Equal("polite", await chat.Page.GetAttributeAsync("#announcer", "aria-live"));
        await Assertions.Expect(chat.Page.Locator(".log [aria-live], .log[aria-live], [role=log]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Everything_can_be_done_with_the_keyboard()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        var keys = chat.Page.Keyboard;

        await Assertions.Expect(chat.Box).ToBeFocusedAsync();
        await keys.TypeAsync("First line");
        await keys.PressAsync("Shift+Enter");
        await keys.TypeAsync("second line");
        await keys.PressAsync("Enter");
        site.Answer("One.");
        await chat.AnsweredAsync();
        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["First line\nsecond line"]);
        await Assertions.Expect(chat.Box).ToBeFocusedAsync();

        await keys.PressAsync("ArrowUp"); // edit the last question
        await Assertions.Expect(chat.Page.GetByLabel("Edit your question")).ToBeFocusedAsync();
        await keys.PressAsync("Escape");
        await Assertions.Expect(chat.Page.GetByRole(AriaRole.Button, new() { Name = "Edit question" })).ToBeFocusedAsync();

        await keys.PressAsync("Control+Shift+O");
        await Assertions.Expect(chat.Page.Locator(".greeting")).ToBeVisibleAsync();
        await Assertions.Expect(chat.Box).ToBeFocusedAsync();
        await keys.TypeAsync("Second");
        await keys.PressAsync("Enter");
        site.Answer("Two.");
        await chat.AnsweredAsync();
        await Assertions.Expect(chat.Entries).ToHaveCountAsync(2);

        await chat.Entries.First.FocusAsync();
        await keys.PressAsync("ArrowDown");
        await Assertions.Expect(chat.Entries.Last).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await Assertions.Expect(chat.Text).ToHaveTextAsync("One.");
        await keys.PressAsync("Alt+ArrowUp");
        await Assertions.Expect(chat.Page.Locator(".turn")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Enter_belongs_to_an_input_method_while_it_composes()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.Box.FillAsync("にほ");

        await chat.Box.DispatchEventAsync("keydown", new { key = "Enter", keyCode = 229, isComposing = true, bubbles = true, cancelable = true });

        await Assertions.Expect(chat.Box).ToHaveValueAsync("にほ");
        await Assertions.Expect(chat.Questions).ToHaveCountAsync(0);
    }
}
