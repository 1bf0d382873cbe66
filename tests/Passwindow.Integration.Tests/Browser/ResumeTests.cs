using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>Nothing that happens to a page or its network loses or doubles a character.</summary>
[Collection(nameof(ChromiumTests))]
[Trait(TestDepth.Trait, TestDepth.Full)]
public sealed class ResumeTests(Chromium chromium, ITestOutputHelper output)
{
    [Fact]
    public async Task A_refresh_at_twenty_random_moments_loses_and_doubles_no_character()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Count");

        string said = "";
        for (int refresh = 0, word = 0; refresh < 20; refresh++)
        {
            for (int more = random.Next(1, 8); more > 0; more--)
            {
                string next = $"word{++word} ";
                site.Say(next);
                said += next;
            }

            // Some of it may have been shown, or none, or all.
            if (random.Next(2) == 0)
                await chat.SeesAsync($"word{random.Next(1, word + 1)} ");
            await chat.Page.ReloadAsync();
        }

        site.Answer("end");
        await chat.AnsweredAsync();
        await Assertions.Expect(chat.Text).ToHaveTextAsync(said + "end");
        await Assertions.Expect(chat.Questions).ToHaveTextAsync(["Count"]);
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task A_refresh_before_the_first_token_finds_the_question_and_waits_on()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Hello?");
        await site.Model.ExchangeAsync(0);

        await chat.Page.ReloadAsync();
        await Assertions.Expect(chat.Answer.GetByLabel("Waiting for the answer")).ToBeVisibleAsync();
        site.Answer("Here.");

        await Assertions.Expect(chat.Text).ToHaveTextAsync("Here.");
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_comes_back_by_itself()
    {
        await using var site = await Site.StartAsync();
        await using var network = new CuttingProxy(site.Address);
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), network.Address);
        await chat.AskAsync("Go on");

        site.Say("before ");
        await chat.SeesAsync("before");
        network.CutAll();
        site.Answer("after");

        await Assertions.Expect(chat.Text).ToHaveTextAsync("before after");
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task Five_seconds_without_a_network_are_told_and_made_up_for()
    {
        await using var site = await Site.StartAsync();
        await using var network = new CuttingProxy(site.Address);
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), network.Address);
        await chat.AskAsync("Go on");
        site.Say("before ");
        await chat.SeesAsync("before");

        await chat.Page.Context.SetOfflineAsync(true);
        network.CutAll();
        var away = Task.Delay(TimeSpan.FromSeconds(5));
        await Assertions.Expect(chat.Page.Locator(".connection")).ToContainTextAsync("You are offline");
        site.Say("meanwhile ");
        await away; // the five seconds are what is tested
        Assert.DoesNotContain("meanwhile", await chat.Text.InnerTextAsync());
        await chat.Page.Context.SetOfflineAsync(false);
        site.Answer("after");

        await Assertions.Expect(chat.Text).ToHaveTextAsync("before meanwhile after");
        await Assertions.Expect(chat.Page.Locator(".connection")).ToBeEmptyAsync();
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task A_message_sent_without_a_network_goes_back_to_its_box_and_is_asked_once()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.Page.Context.SetOfflineAsync(true);
        await chat.Box.FillAsync("Is anybody there?");
        await chat.Box.PressAsync("Enter");

        await Assertions.Expect(chat.Page.Locator(".problem")).ToContainTextAsync("could not be reached", new() { Timeout = 30_000 });
        await Assertions.Expect(chat.Box).ToHaveValueAsync("Is anybody there?");
        await chat.Page.Context.SetOfflineAsync(false);
        await chat.Page.Locator(".problem button").ClickAsync();
        site.Answer("Yes.");

        await Assertions.Expect(chat.Text).ToHaveTextAsync("Yes.");
        await Assertions.Expect(chat.Box).ToHaveValueAsync("");
        await Assertions.Expect(chat.Page.Locator(".problem")).ToHaveCountAsync(0);
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task What_was_typed_and_not_sent_is_there_after_a_refresh()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);

        await chat.Box.FillAsync("Half a tho");
        await chat.Page.ReloadAsync();

        await Assertions.Expect(chat.Box).ToHaveValueAsync("Half a tho");
    }

    [Fact]
    public async Task Two_tabs_show_the_same_turn_and_either_can_stop_it()
    {
        await using var site = await Site.StartAsync();
        await using var first = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await first.AskAsync("Hello");
        site.Answer("One.");
        await first.AnsweredAsync();
        await using var second = await ChatPage.OpenAsync(await Chromium.NewPageAsync(first.Page.Context), site.Address, first.Conversation);
        await Assertions.Expect(second.Text).ToHaveTextAsync("One.");

        await first.AskAsync("And?");
        site.Say("Two, ");
        await first.SeesAsync("Two,");
        await second.SeesAsync("Two,");
        await second.Stop.ClickAsync();

        await Assertions.Expect(second.Answer.Locator(".end")).ToHaveTextAsync("Stopped.");
        await Assertions.Expect(first.Answer.Locator(".end")).ToHaveTextAsync("Stopped.");
        Assert.Equal(await first.Log.InnerTextAsync(), await second.Log.InnerTextAsync());
    }

    [Fact]
    public async Task Two_devices_show_the_same_turn()
    {
        await using var site = await Site.StartAsync();
        await using var first = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await first.AskAsync("Hello");
        site.Answer("One.");
        await first.AnsweredAsync();
        await using var second = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address, first.Conversation);
        await Assertions.Expect(second.Text).ToHaveTextAsync("One.");

        await second.AskAsync("And from here?");
        site.Say("Two, ");
        await first.SeesAsync("Two,");
        site.Answer("three.");

        await first.SeesAsync("Two, three.");
        await second.SeesAsync("Two, three.");
        await Assertions.Expect(first.Questions).ToHaveTextAsync(["Hello", "And from here?"]);
        Assert.Equal(2, site.Model.Requests.Count);
    }

    [Fact]
    public async Task A_turn_left_for_another_conversation_runs_on_and_is_there_on_return()
    {
        await using var site = await Site.StartAsync("--Passwindow:Linger=0");
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("A long one");
        site.Say("Begun, ");
        await chat.SeesAsync("Begun,");

        await chat.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation" }).ClickAsync();
        await Assertions.Expect(chat.Questions).ToHaveCountAsync(0);
        await Assertions.Expect(chat.Page.GetByLabel("being answered")).ToBeVisibleAsync();
        site.Answer("done.");
        await chat.Entries.First.ClickAsync();

        await Assertions.Expect(chat.Text).ToHaveTextAsync("Begun, done.");
    }
}
