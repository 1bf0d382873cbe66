using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>What a person can do with an answer: stop it, have it again, ask differently, try again.</summary>
[Collection(nameof(ChromiumTests))]
[Trait(TestDepth.Trait, TestDepth.Full)]
public sealed class TurnTests(Chromium chromium)
{
    [Fact]
    public async Task A_stop_closes_the_model_and_keeps_what_was_said()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Talk");
        site.Say("so far");
        await chat.SeesAsync("so far");

        await chat.Page.Keyboard.PressAsync("Escape");

        await (await site.Model.ExchangeAsync(0)).ClientGone.WaitAsync(TimeSpan.FromSeconds(5));
        await Assertions.Expect(chat.Answer.Locator(".end")).ToHaveTextAsync("Stopped.");
        await Assertions.Expect(chat.Text).ToHaveTextAsync("so far");
        await Assertions.Expect(chat.Send).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_same_question_can_be_answered_again_in_the_place_of_the_answer()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("A number?");
        site.Answer("Four.");
        await chat.AnsweredAsync();

        await chat.Page.GetByRole(AriaRole.Button, new() { Name = "Answer again" }).ClickAsync();
        site.Answer("Five.");
        await Assertions.Expect(chat.Text).ToHaveTextAsync("Five.");
        await chat.Page.ReloadAsync();

        await Assertions.Expect(chat.Text).ToHaveTextAsync("Five.");
        await Assertions.Expect(chat.Answers).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_question_can_be_asked_differently_and_what_followed_it_goes()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        foreach (string number in new[] { "one", "two" })
        {
            await chat.AskAsync($"Say {number}");
            site.Answer(number);
            await chat.AnsweredAsync();
        }

        var first = chat.Page.Locator(".question").First;
        await first.HoverAsync();
        await first.GetByRole(AriaRole.Button, new() { Name = "Edit question" }).ClickAsync();
        await chat.Page.GetByLabel("Edit your question").FillAsync("Say three");
        await chat.Page.Keyboard.PressAsync("Enter");
        site.Answer("three");

        await Assertions.Expect(chat.Text).ToHaveTextAsync("three");
        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["Say three"]);
        await chat.Page.ReloadAsync();
        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["Say three"]);
    }

    [Fact]
    public async Task After_an_error_the_same_turn_is_tried_again()
    {
        await using var site = await Site.StartAsync("--Passwindow:UpstreamRetries=0");
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Hello");
        site.Say("Half an ans");
        await chat.SeesAsync("Half an ans");
        site.Break();

        var problem = chat.Answer.Locator(".problem");
        await Assertions.Expect(problem).ToContainTextAsync("upstream_truncated");
        await Assertions.Expect(chat.Text).ToHaveTextAsync("Half an ans");
        await problem.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        site.Answer("A whole answer.");

        await Assertions.Expect(chat.Text).ToHaveTextAsync("A whole answer.");
        await Assertions.Expect(chat.Page.Locator(".problem")).ToHaveCountAsync(0);
        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["Hello"]);
    }

    [Fact]
    public async Task A_suggested_question_is_asked_with_one_press()
    {
        await using var site = await Site.StartAsync("--Passwindow:Suggestions=demo");
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Hello");
        site.Answer("Hello.");
        var suggestions = chat.Page.GetByRole(AriaRole.Group, new() { Name = "Suggested questions" }).GetByRole(AriaRole.Button);
        await Assertions.Expect(suggestions).ToHaveCountAsync(3);
        string question = await suggestions.First.InnerTextAsync();

        await suggestions.First.ClickAsync();
        site.Answer("Of course.");

        await Assertions.Expect(chat.Questions.Last).ToHaveTextAsync(question);
        await Assertions.Expect(chat.Text).ToHaveTextAsync("Of course.");
    }

    [Fact]
    public async Task The_model_that_was_chosen_is_asked_and_stays_chosen()
    {
        await using var site = await Site.StartAsync();
        var page = await chromium.NewPageAsync();
        await using var chat = await ChatPage.OpenAsync(page, site.Address);

        await page.GetByLabel("Model").SelectOptionAsync("demo");
        await chat.AskAsync("Hello");
        await chat.AnsweredAsync();
        await page.ReloadAsync();

        await Assertions.Expect(page.GetByLabel("Model")).ToHaveValueAsync("demo");
        Assert.Empty(site.Model.Requests);
    }

    [Fact]
    public async Task An_action_is_done_once_and_only_one_of_the_list()
    {
        await using var site = await Site.StartAsync("--Passwindow:Model=demo");
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);

        await chat.AskAsync("Make it dark, slow"); // a token a second: there is time
        var html = chat.Page.Locator("html");
        await Assertions.Expect(html).ToHaveAttributeAsync("data-theme", "dark", new() { Timeout = 60_000 });
        await chat.Page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        await chat.Page.ReloadAsync();
        await Assertions.Expect(chat.Answer).ToContainTextAsync("Switched to dark");

        await Assertions.Expect(html).ToHaveAttributeAsync("data-theme", "light"); // read again, not done again
    }
}
