using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>What a turn looks like from the inside: its frames in each dialect, and when what happened to it.</summary>
[Collection(nameof(ChromiumTests))]
[Trait(TestDepth.Trait, TestDepth.Full)]
public sealed class InspectorTests(Chromium chromium)
{
    [Fact]
    public async Task From_an_answer_one_gets_to_its_turn_and_back()
    {
        await using var site = await Site.StartAsync(static services => services.AddPasswindowTool("look_up", "Looks.", static (string word) => word.Length));
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Hello");
        site.Send(ChatChunks.ToolCall(0, "call_1", "look_up", """{"word":"pass"}"""));
        site.Finish("tool_calls");
        site.Answer("Four letters.");
        await chat.AnsweredAsync();
        string conversation = chat.Conversation;

        await chat.Answer.GetByRole(AriaRole.Link, new() { Name = "Inspect this turn" }).ClickAsync();
        await chat.Page.WaitForURLAsync(new Regex("/inspect/t_"), new() { WaitUntil = WaitUntilState.Commit }); // what is on the page is waited for below
        await Assertions.Expect(chat.Page.Locator(".state")).ToHaveTextAsync("ended: stop");
        await Assertions.Expect(chat.Page.Locator(".plot .tools")).ToContainTextAsync("look_up");
        await Assertions.Expect(chat.Page.Locator(".plot .lane")).ToHaveCountAsync(3); // said, committed, the chat page
        await Assertions.Expect(chat.Page.Locator(".first .big")).ToContainTextAsync("s");
        await Assertions.Expect(chat.Page.Locator(".frame-type").First).ToHaveTextAsync("start");

        await chat.Page.GetByRole(AriaRole.Link, new() { Name = "Conversation" }).ClickAsync();
        await chat.SeesAsync("Four letters.");
        Assert.Equal(conversation, chat.Conversation);
    }

    [Fact]
    public async Task What_a_running_turn_says_is_seen_as_it_comes_until_it_ends()
    {
        await using var site = await Site.StartAsync();
        string turn = await InspectorPage.StartTurnAsync(site.Address);
        await using var inspector = await InspectorPage.OpenAsync(await chromium.NewPageAsync(), site.Address, turn);

        await Assertions.Expect(inspector.State).ToHaveTextAsync("running");
        await Assertions.Expect(inspector.Page.GetByText("Looking counts as watching")).ToBeVisibleAsync();
        for (int token = 1; token <= 3; token++)
        {
            site.Say($"word{token} ");
            await Assertions.Expect(inspector.Frames.Last).ToContainTextAsync($"word{token}");
            await Assertions.Expect(inspector.Plot).ToHaveAttributeAsync("aria-valuemax", $"{token + 1}");
        }

        site.Finish();
        await inspector.EndedAsync();
        await Assertions.Expect(inspector.Frames.Last.Locator(".frame-type")).ToHaveTextAsync("done");
        await Assertions.Expect(inspector.Frames.Last.Locator(".frame-time")).ToBeVisibleAsync();
        await Assertions.Expect(inspector.Page.GetByText("Looking counts as watching")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Every_dialect_the_server_knows_is_shown_to_the_byte()
    {
        await using var site = await Site.StartAsync();
        string turn = await InspectorPage.StartTurnAsync(site.Address);
        await using var inspector = await InspectorPage.OpenAsync(await chromium.NewPageAsync(), site.Address, turn);
        site.Send(ChatChunks.Reasoning("Hm."));
        site.Say("several\nlines, ");
        site.Answer("and ünïcode 🍽.");
        await inspector.EndedAsync();
        string[] names = [.. Dialect.All.Select(static dialect => dialect.Name)];
        await Assertions.Expect(inspector.Page.Locator(".chip")).ToHaveTextAsync(names);

        using var http = new HttpClient();
        foreach (string name in names)
        {
            string wire = await http.GetStringAsync($"{site.Address}chat/turns/{turn}/events?dialect={name}");
            int frames = wire.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Length;
            await inspector.ChooseAsync(name);
            await Assertions.Expect(inspector.Count).ToHaveTextAsync($"{frames} frames");
            await inspector.Page.GetByRole(AriaRole.Button, new() { Name = "Copy these frames" }).ClickAsync();
            await Assertions.Expect(inspector.Page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
            Assert.Equal(wire, await inspector.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        }
    }

    [Fact]
    public async Task What_is_in_the_frames_is_text_and_what_cannot_be_seen_is_named()
    {
        await using var site = await Site.StartAsync();
        string turn = await InspectorPage.StartTurnAsync(site.Address);
        await using var inspector = await InspectorPage.OpenAsync(await chromium.NewPageAsync(), site.Address, turn);
        site.Say("<script>window.hacked = 1</script><img src=x onerror=window.hacked=1>");
        site.Say("\u001b[31mred\u001b]0;title\u0007");
        site.Say("\u202Eexe.txt\u2066");
        site.Send(ChatChunks.Reasoning("</pre><style>*{display:none}</style>"));
        site.Finish();
        await inspector.EndedAsync();

        foreach (string dialect in new[] { "text", "native" })
        {
            await inspector.ChooseAsync(dialect);
            await Assertions.Expect(inspector.Frames.Filter(new() { HasText = "window.hacked = 1" })).ToHaveCountAsync(1);
            foreach (var frame in await inspector.Frames.AllAsync())
            {
                await frame.Locator("summary").First.ClickAsync();
                await Assertions.Expect(frame.Locator("pre")).ToBeVisibleAsync();
            }

            await Assertions.Expect(inspector.Page.Locator(".frames script, .frames img, .frames style")).ToHaveCountAsync(0);
            await Assertions.Expect(inspector.Page.Locator(".frames .unseen-mark", new() { HasText = "U+202E" }).First).ToBeVisibleAsync();
            Assert.DoesNotMatch("[\u001b\u202E\u2066]", await inspector.Page.Locator(".frames").InnerTextAsync());
        }

        Assert.False(await inspector.Page.EvaluateAsync<bool>("'hacked' in window"));
    }

    [Fact]
    public async Task Frames_are_found_by_type_and_by_word()
    {
        await using var site = await Site.StartAsync();
        string turn = await InspectorPage.StartTurnAsync(site.Address);
        await using var inspector = await InspectorPage.OpenAsync(await chromium.NewPageAsync(), site.Address, turn);
        for (int token = 0; token < 10; token++)
            site.Say($"word{token} ");
        site.Finish();
        await inspector.EndedAsync();

        await inspector.Page.GetByLabel("Type", new() { Exact = true }).SelectOptionAsync("token");
        await Assertions.Expect(inspector.Frames).ToHaveCountAsync(10);
        await inspector.Search.FillAsync("WORD7");
        await Assertions.Expect(inspector.Frames).ToHaveCountAsync(1);
        await inspector.Search.FillAsync("no such word");
        await Assertions.Expect(inspector.Page.GetByText("No such frame.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_picture_is_walked_and_zoomed_with_the_keyboard()
    {
        await using var site = await Site.StartAsync();
        string turn = await InspectorPage.StartTurnAsync(site.Address);
        await using var inspector = await InspectorPage.OpenAsync(await chromium.NewPageAsync(), site.Address, turn);
        for (int token = 0; token < 10; token++)
            site.Say($"word{token} ");
        site.Finish();
        await inspector.EndedAsync();
        await Assertions.Expect(inspector.Page.Locator(".frame-time").Last).ToBeVisibleAsync();
        var fit = inspector.Page.GetByRole(AriaRole.Button, new() { Name = "Fit" });

        await inspector.Plot.FocusAsync();
        await inspector.Page.Keyboard.PressAsync("Home");
        await inspector.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(inspector.Plot).ToHaveAttributeAsync("aria-valuenow", "2");
        await Assertions.Expect(inspector.Plot).ToHaveAttributeAsync("aria-valuetext", new Regex("^event 2, token, said at .+, committed at .+, sent at "));
        await Assertions.Expect(inspector.Page.Locator(".tip")).ToContainTextAsync("word0");
        await Assertions.Expect(inspector.Page.Locator(".frame.selected")).ToContainTextAsync("word0");

        await Assertions.Expect(fit).ToBeDisabledAsync();
        await inspector.Page.Keyboard.PressAsync("+");
        await Assertions.Expect(fit).ToBeEnabledAsync();
        await inspector.Page.Keyboard.PressAsync("0");
        await Assertions.Expect(fit).ToBeDisabledAsync();
        await inspector.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(inspector.Page.Locator(".tip")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_turn_without_times_shows_its_events_and_one_that_never_was_says_so()
    {
        await using var site = await Site.StartAsync();
        string turn = await InspectorPage.StartTurnAsync(site.Address);
        var page = await chromium.NewPageAsync();
        await page.RouteAsync("**/timeline", static route => route.FulfillAsync(new() { Status = 404, ContentType = "application/problem+json", Body = """{"code":"not_timed"}""" }));
        await using var inspector = await InspectorPage.OpenAsync(page, site.Address, turn);
        site.Answer("Here.");
        await inspector.EndedAsync();
        await Assertions.Expect(page.GetByText("this is none of them")).ToBeVisibleAsync();
        await Assertions.Expect(inspector.Frames.Filter(new() { HasText = "Here." })).ToHaveCountAsync(1);
        await Assertions.Expect(inspector.Plot).ToHaveCountAsync(0);

        await page.GotoAsync($"{site.Address}inspect/t_unknown");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Assertions.Expect(inspector.State).ToHaveTextAsync("unknown");
    }

    [Theory, InlineData("light"), InlineData("dark")]
    public async Task Axe_finds_no_serious_violation(string theme)
    {
        await using var site = await Site.StartAsync();
        string turn = await InspectorPage.StartTurnAsync(site.Address);
        await using var inspector = await InspectorPage.OpenAsync(await chromium.NewPageAsync(), site.Address, turn);
        await inspector.Page.EvaluateAsync($"document.documentElement.dataset.theme = '{theme}'");
        site.Say("one ");
        await Assertions.Expect(inspector.Frames.Last).ToContainTextAsync("one");
        await Assertions.Expect(inspector.Plot).ToBeVisibleAsync();
        await Axe.CheckAsync(inspector.Page, "while it runs");

        site.Answer("two.");
        await inspector.EndedAsync();
        await inspector.Plot.PressAsync("Home");
        await inspector.Frames.Nth(1).Locator("summary").First.ClickAsync();
        await inspector.Page.GetByText("Times as a table").ClickAsync();
        await inspector.Page.GetByText("Response head").ClickAsync();
        await Axe.CheckAsync(inspector.Page, "ended, everything open");
        await inspector.Page.SetViewportSizeAsync(390, 780);
        await Axe.CheckAsync(inspector.Page, "phone");
        Assert.True(await inspector.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "it is wider than a phone");
    }
}
