using Microsoft.Playwright;
using Passwindow.Integration.Tests.Browser;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects.UIMessages;

/// <summary>A page with <c>useChat</c>, in a real browser, with the last release of each version of the AI SDK.</summary>
[Collection(nameof(ChromiumTests))]
[Trait(TestDepth.Trait, TestDepth.Full)]
public sealed class ChatAppPageTests(Chromium chromium)
{
    public static TheoryData<string> Versions => ["5", "6", "7"];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_reload_in_the_middle_of_an_answer_shows_it_once_and_whole(string version)
    {
        await using var site = await ChatAppSite.StartAsync();
        var goOn = new TaskCompletionSource();
        var page = await OpenAsync(site.ThenHalt(goOn.Task), version);
        await AskAsync(page, "Go");
        await Assertions.Expect(page.Locator(".assistant")).ToHaveTextAsync("so far");

        await page.ReloadAsync();
        await Assertions.Expect(page.Locator(".assistant")).ToHaveTextAsync("so far");
        goOn.SetResult();

        await Assertions.Expect(page.Locator(".assistant")).ToHaveTextAsync("so far and so on");
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("ready");
        await Assertions.Expect(page.Locator(".user")).ToHaveTextAsync("Go");
        Assert.Single(site.Model.Requests);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_stop_ends_the_answer_and_the_next_question_is_answered(string version)
    {
        await using var site = await ChatAppSite.StartAsync();
        var page = await OpenAsync(site.ThenHalt(new TaskCompletionSource().Task), version);
        await AskAsync(page, "Go");
        await Assertions.Expect(page.Locator(".assistant")).ToHaveTextAsync("so far");

        await page.Locator("#stop").ClickAsync();
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("ready");
        await AskAsync(page, "And now?");

        await Assertions.Expect(page.Locator(".assistant").Last).ToHaveTextAsync("Yes.");
        await Assertions.Expect(page.Locator(".assistant").First).ToHaveTextAsync("so far");
        await Assertions.Expect(page.Locator("#error")).ToBeEmptyAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tool_of_the_page_runs_there_and_the_answer_goes_on(string version)
    {
        await using var site = await ChatAppSite.StartAsync();
        var page = await OpenAsync(site.ThenCall("place", "look").ThenSay("In Bern."), version);

        await AskAsync(page, "Where am I?");

        await Assertions.Expect(page.Locator(".assistant")).ToContainTextAsync("In Bern.");
        await Assertions.Expect(page.Locator(".assistant pre").First).ToHaveTextAsync("""tool-place: output-available {"city":"Bern"}""");
        await Assertions.Expect(page.Locator(".assistant pre").Last).ToHaveTextAsync("look: output-available 2");
    }

    [Theory]
    [InlineData("6")]
    [InlineData("7")]
    public async Task A_person_approves_after_a_reload_too(string version)
    {
        await using var site = await ChatAppSite.StartAsync();
        var page = await OpenAsync(site.ThenCall("pay").ThenSay("Paid."), version);
        await AskAsync(page, "Pay");
        await Assertions.Expect(page.Locator("#approve")).ToBeVisibleAsync();

        await page.ReloadAsync();
        await page.Locator("#approve").ClickAsync();

        await Assertions.Expect(page.Locator(".assistant")).ToContainTextAsync("Paid.");
        await Assertions.Expect(page.Locator(".assistant pre")).ToHaveTextAsync("""pay: output-available "paid" """.TrimEnd());
        await Assertions.Expect(page.Locator("#status")).ToHaveTextAsync("ready");
        Assert.Equal(2, site.Model.Requests.Count);
    }

    private async Task<IPage> OpenAsync(ChatAppSite site, string version)
    {
        string script = (await NodeClient.RunAsync("ui-message/build.mjs", site.Address, version)).GetProperty("script").GetString()!;
        var page = await chromium.NewPageAsync();
        await page.RouteAsync("**/page", static route => route.FulfillAsync(new() { Body = """<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>""", ContentType = "text/html; charset=utf-8" }));
        await page.RouteAsync("**/page.js", route => route.FulfillAsync(new() { Body = script, ContentType = "text/javascript; charset=utf-8" }));
        await page.GotoAsync($"{site.Address}page");
        return page;
    }

    private static async Task AskAsync(IPage page, string question)
    {
        await page.Locator("#message").FillAsync(question);
        await page.Keyboard.PressAsync("Enter");
    }
}
