using Microsoft.Playwright;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>The conversations at the side.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class ConversationListTests(Chromium chromium)
{
    [Fact]
    public async Task A_new_conversation_stands_at_the_top_and_old_ones_can_be_opened()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await OpenWithAsync(site, "Soup of the day?", "Is there fish?");

        await Assertions.Expect(chat.Entries).ToHaveTextAsync(["Is there fish?", "Soup of the day?"]);
        await chat.Entries.Last.ClickAsync();
        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["Soup of the day?"]);
        await chat.Page.GoBackAsync();
        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["Is there fish?"]);
    }

    [Fact]
    public async Task A_search_finds_what_was_said()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await OpenWithAsync(site, "Soup of the day?", "Is there fish?");

        await chat.Page.Keyboard.PressAsync("Control+k");
        await chat.Page.Keyboard.TypeAsync("to soup");
        await Assertions.Expect(chat.Entries).ToHaveTextAsync(["Soup of the day?"]);
        await chat.Page.GetByRole(AriaRole.Searchbox).FillAsync("nothing like it");
        await Assertions.Expect(chat.Page.Locator("nav")).ToContainTextAsync("Nothing found.");
        await chat.Page.GetByRole(AriaRole.Searchbox).FillAsync("");
        await Assertions.Expect(chat.Entries).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task A_conversation_is_renamed_in_its_place()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await OpenWithAsync(site, "Soup of the day?");

        await chat.Entries.First.FocusAsync();
        await chat.Page.Keyboard.PressAsync("F2");
        await chat.Page.GetByLabel("Title").FillAsync("The soup");
        await chat.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(chat.Entries).ToHaveTextAsync(["The soup"]);
        await Assertions.Expect(chat.Entries.First).ToBeFocusedAsync();
        await Assertions.Expect(chat.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("The soup");
        await chat.Page.ReloadAsync();
        await Assertions.Expect(chat.Entries).ToHaveTextAsync(["The soup"]);
    }

    [Fact]
    public async Task A_conversation_is_deleted_after_a_question_and_its_other_tab_says_so()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await OpenWithAsync(site, "Soup of the day?", "Is there fish?");
        await using var other = await ChatPage.OpenAsync(await Chromium.NewPageAsync(chat.Page.Context), site.Address, chat.Conversation);
        await Assertions.Expect(other.Questions).ToHaveTextAsync(["Is there fish?"]);

        await chat.Entries.First.FocusAsync();
        await chat.Page.Keyboard.PressAsync("Delete");
        var dialog = chat.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog).ToContainTextAsync("Is there fish?");
        await chat.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(chat.Entries).ToHaveCountAsync(2);
        await chat.Entries.First.FocusAsync();
        await chat.Page.Keyboard.PressAsync("Delete");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Assertions.Expect(chat.Entries).ToHaveTextAsync(["Soup of the day?"]);
        await Assertions.Expect(chat.Page.Locator(".greeting")).ToBeVisibleAsync();
        await Assertions.Expect(other.Page.GetByText("does not exist")).ToBeVisibleAsync();
        await Assertions.Expect(other.Entries).ToHaveTextAsync(["Soup of the day?"]);
    }

    [Fact]
    public async Task On_a_phone_it_is_a_drawer()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await OpenWithAsync(site, "Soup of the day?", "Is there fish?");
        await chat.Page.SetViewportSizeAsync(390, 780);

        await Assertions.Expect(chat.Entries.First).Not.ToBeInViewportAsync();
        var menu = chat.Page.GetByRole(AriaRole.Button, new() { Name = "Conversations", Exact = true });
        await menu.ClickAsync();
        await Assertions.Expect(chat.Entries.First).ToBeInViewportAsync();
        await chat.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(menu).ToBeFocusedAsync();
        await menu.ClickAsync();
        await chat.Entries.Last.ClickAsync();

        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["Soup of the day?"]);
        await Assertions.Expect(chat.Entries.First).Not.ToBeInViewportAsync();
        // Nothing sticks out, though the page would hide it.
        Assert.Equal(0, await chat.Page.EvaluateAsync<int>("[...document.querySelectorAll('.stage, .stage *')].filter(each => each.getBoundingClientRect().right > innerWidth + 0.5).length"));
    }

    private async Task<ChatPage> OpenWithAsync(Site site, params string[] questions)
    {
        var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        foreach (string question in questions)
        {
            if (question != questions[0])
                await chat.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();
            await chat.AskAsync(question);
            site.Answer($"The answer to {question}");
            await chat.AnsweredAsync();
            await Assertions.Expect(chat.Entries.First).ToHaveTextAsync(question);
        }

        return chat;
    }
}
