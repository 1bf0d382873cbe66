using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>How an answer looks, while it arrives and after.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class AnswerTests(Chromium chromium)
{
    [Fact]
    public async Task Dots_stand_for_the_answer_until_its_first_token()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Hello");

        var dots = chat.Answer.GetByLabel("Waiting for the answer");
        await Assertions.Expect(dots).ToBeVisibleAsync();
        site.Send(ChatChunks.Reasoning("Let me see."));
        await Assertions.Expect(chat.Answer).ToContainTextAsync("Thinking…");
        await Assertions.Expect(dots).ToBeVisibleAsync();
        site.Say("Here");
        await Assertions.Expect(dots).ToHaveCountAsync(0);
        site.Finish();
    }

    [Fact]
    public async Task Markdown_is_rendered_while_it_is_incomplete_and_never_shows_its_marks()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Show all");
        await Assertions.Expect(chat.Answer).ToBeVisibleAsync();
        // Every text that is painted is looked at.
        await chat.Page.EvaluateAsync("""
            () => {
                window.seen = new Set();
                new MutationObserver(() => document.querySelectorAll('.answer > .text').forEach(text => seen.add(text.innerText)))
                    .observe(document.querySelector('.log'), { childList: true, subtree: true, characterData: true });
            }
            """);

        const string Answer = "A **bold word** and `some code`, [a link](https://example.org/).\n\n" +
            "| Dish | Price |\n|---|---|\n| Soup | 7 |\n\n- one\n- two\n\nso \\(x^2\\) is\n\n\\[ \\frac{1}{2} \\]\n\n```js\nconst a = 1;\n```\n\nThe end.";
        foreach (char letter in Answer)
        {
            site.Say(letter.ToString());
            await chat.Page.EvaluateAsync("() => new Promise(requestAnimationFrame)"); // a busy machine paints several words at once, but not all of these
        }

        site.Finish();
        await chat.AnsweredAsync();
        await chat.SeesAsync("The end.");

        string[] seen = await chat.Page.EvaluateAsync<string[]>("[...seen]");
        Assert.True(seen.Length > 20, $"{seen.Length} states");
        Assert.All(seen, static text => Assert.DoesNotMatch(@"\*\*|`|\||\]\(|---|\\\(|\\\[|\$", text));
        foreach (string part in new[] { "strong", "code", "a[href='https://example.org/']", "table td", "li", "math mfrac", "pre .hljs-keyword" })
            await Assertions.Expect(chat.Text.Locator(part).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Nothing_that_is_shown_is_taken_back_while_the_rest_arrives()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Go");
        await Assertions.Expect(chat.Answer).ToBeVisibleAsync();
        await chat.Page.EvaluateAsync("""
            () => {
                window.shrunk = []; let before = '';
                new MutationObserver(() => {
                    const now = [...document.querySelectorAll('.turn.last .answer > .text')].map(text => text.innerText).join('\n').trimEnd();
                    if (now.length < before.length) shrunk.push([before.slice(-40), now.slice(-40)]);
                    before = now;
                }).observe(document.querySelector('.log'), { childList: true, subtree: true, characterData: true });
            }
            """);

        for (int i = 1; i <= 60; i++)
            site.Say($"**Step {i}** is `done_{i}`, [see](https://example.org/{i}).\n\n");
        site.Finish();
        await chat.AnsweredAsync();
        await chat.SeesAsync("Step 60");

        Assert.Equal("[]", await chat.Page.EvaluateAsync<string>("JSON.stringify(shrunk)"));
    }

    [Fact]
    public async Task An_answer_that_says_it_has_ended_is_shown_to_its_end_even_one_that_came_at_once()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Go");
        site.Say("It begins, ");
        await chat.SeesAsync("It begins,");
        // Read at the very moment of each change, before anything that flows could flow on.
        await chat.Page.EvaluateAsync("""
            () => {
                window.ended = [];
                new MutationObserver(() => {
                    const answer = document.querySelector('.turn.last .answer');
                    if (answer.ariaBusy === 'false' || answer.querySelector('.foot') || document.querySelector('#send'))
                        ended.push(answer.querySelector('.text').innerText);
                }).observe(document.body, { attributes: true, childList: true, subtree: true, characterData: true });
            }
            """);

        string rest = string.Concat(Enumerable.Range(1, 150).Select(static i => $"word{i} ")) + "and ends.";
        site.Answer(rest);
        await chat.AnsweredAsync();

        string[] ended = await chat.Page.EvaluateAsync<string[]>("ended");
        Assert.NotEmpty(ended);
        Assert.All(ended, text => Assert.Equal("It begins, " + rest, text));
    }

    [Fact]
    public async Task Code_is_coloured_and_copied_as_it_was_written()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Code");
        site.Answer("```python\ndef wait(plate):\n\treturn plate < 3 and '&amp;'\n```");
        await chat.AnsweredAsync();

        await Assertions.Expect(chat.Text.Locator(".hljs-keyword").First).ToHaveTextAsync("def");
        await chat.Text.GetByRole(AriaRole.Button, new() { Name = "Copy code" }).ClickAsync();
        await Assertions.Expect(chat.Text.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        Assert.Equal("def wait(plate):\n\treturn plate < 3 and '&amp;'", await chat.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task Thinking_is_folded_and_opens()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Why?");
        site.Send(ChatChunks.Reasoning("Because of the **pass**."));
        site.Answer("So.");
        await chat.AnsweredAsync();

        await Assertions.Expect(chat.Answer).Not.ToContainTextAsync("Because");
        await chat.Answer.GetByText("Thoughts").ClickAsync();
        await Assertions.Expect(chat.Answer.Locator(".thoughts")).ToHaveTextAsync("Because of the pass.");
    }

    [Fact]
    public async Task A_tool_is_a_chip_that_opens_to_its_arguments_and_its_result()
    {
        var hold = new TaskCompletionSource<string>();
        await using var site = await Site.StartAsync(services => services.AddPasswindowTool("get_weather", "The weather.", (string city) => hold.Task));
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Rain?");
        Call(site, "get_weather", """{"city":"Paris"}""");

        await Assertions.Expect(chat.Answer).ToContainTextAsync("Fetching weather…");
        hold.SetResult("steam");
        await Assertions.Expect(chat.Answer).ToContainTextAsync("Fetched weather");
        site.Answer("Steam.");
        await chat.AnsweredAsync();
        await chat.Answer.Locator(".tool summary").ClickAsync();

        await Assertions.Expect(chat.Answer.GetByLabel("Arguments")).ToContainTextAsync("\"city\": \"Paris\"");
        await Assertions.Expect(chat.Answer.GetByLabel("Result")).ToHaveTextAsync("steam");
    }

    [Theory, InlineData("Allow", "It is cancelled"), InlineData("Deny", "")]
    public async Task A_tool_that_needs_a_yes_asks_for_it_and_does_what_is_said(string choice, string result)
    {
        await using var site = await Site.StartAsync(services =>
            services.AddPasswindowTool("cancel_order", "Cancels.", (string id) => "It is cancelled", static tool => tool.RequiresApproval = true));
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Cancel it");
        Call(site, "cancel_order", """{"id":"7"}""");

        var asks = chat.Answer.GetByRole(AriaRole.Group, new() { Name = "Run cancel_order with these arguments?" });
        await Assertions.Expect(asks).ToContainTextAsync("\"id\": \"7\"");
        await Assertions.Expect(chat.Page.Locator("#announcer")).ToHaveTextAsync("cancel_order waits for your yes.");
        await chat.Page.ReloadAsync();
        await asks.GetByRole(AriaRole.Button, new() { Name = choice }).ClickAsync();
        site.Answer("Done.");
        await chat.AnsweredAsync();

        await Assertions.Expect(asks).ToHaveCountAsync(0);
        string told = site.Model.Requests[1].Json.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;
        Assert.Equal(choice == "Allow", told.Contains("It is cancelled", StringComparison.Ordinal));
        if (result.Length > 0)
            await Assertions.Expect(chat.Answer).ToContainTextAsync("Did cancel order");
        else
            await Assertions.Expect(chat.Answer).ToContainTextAsync("cancel_order failed");
    }

    [Fact]
    public async Task Sources_and_what_it_cost_stand_below_the_answer()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Says who?");
        site.Say("They do.");
        await chat.SeesAsync("They do."); // an answer that came all at once has no pace
        site.Send(ChatChunks.Delta("""{"content":"","annotations":[{"type":"url_citation","url_citation":{"url":"https://example.org/a","title":"The source"}}]}"""));
        site.Finish();
        await chat.AnsweredAsync();

        var source = chat.Answer.GetByRole(AriaRole.Region, new() { Name = "Sources" }).GetByRole(AriaRole.Link);
        await Assertions.Expect(source).ToHaveTextAsync("The source example.org");
        await Assertions.Expect(source).ToHaveAttributeAsync("href", "https://example.org/a");
        await Assertions.Expect(chat.Answer.Locator(".cost")).ToContainTextAsync("tokens/s");
        await Assertions.Expect(chat.Answer.Locator(".cost")).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("^First token after .*34 tokens out$"));
    }

    private static void Call(Site site, string name, string arguments)
    {
        site.Send(ChatChunks.ToolCall(0, "call_1", name));
        foreach (string piece in JsonSerializer.Deserialize<JsonElement>(arguments).GetRawText().Chunk(4).Select(static piece => new string(piece)))
            site.Send(ChatChunks.ToolCall(0, arguments: piece));
        site.Finish("tool_calls");
    }
}
