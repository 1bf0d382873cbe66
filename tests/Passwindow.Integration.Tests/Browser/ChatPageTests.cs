using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>The chat page, as a person uses it.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class ChatPageTests(Chromium chromium, ITestOutputHelper output)
{
    private static readonly string[] Words = [.. Enumerable.Range(1, 40).Select(static number => $"word{number} ")];

    [Fact]
    public async Task A_refresh_at_random_moments_loses_and_doubles_no_character()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var site = await Site.StartAsync();
        var page = await AskAsync(site.Address, "Count to forty");

        int refreshes = 0;
        for (int i = 0; i < Words.Length; i++)
        {
            site.Say(Words[i]);
            if (random.Next(8) != 0 || ++refreshes > 6)
                continue;
            await page.ReloadAsync();
            await Assertions.Expect(page.Locator("#log")).ToContainTextAsync(Words[i].Trim());
        }

        site.Finish();
        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync(string.Concat(Words).Trim());
        string text = await page.Locator("#log").InnerTextAsync();
        Assert.All(Words, word => Assert.Equal(2, text.Split(word.Trim() + (word == Words[^1] ? "" : " ")).Length));
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_comes_back_by_itself()
    {
        await using var site = await Site.StartAsync();
        await using var network = new CuttingProxy(site.Address);
        var page = await AskAsync(network.Address, "Go on");

        site.Say("before ");
        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync("before");
        network.CutAll();
        site.Say("after");
        site.Finish();

        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync("before after");
        Assert.Single(site.Model.Requests);
    }

    [Fact]
    public async Task A_stop_closes_the_model_and_keeps_what_was_said()
    {
        await using var site = await Site.StartAsync();
        var page = await AskAsync(site.Address, "Talk");
        site.Say("so far");
        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync("so far");

        await page.Locator("#stop").ClickAsync();

        await (await site.Model.ExchangeAsync(0)).ClientGone.WaitAsync(TimeSpan.FromSeconds(5));
        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync("Stopped");
        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync("so far");
    }

    [Fact]
    public async Task A_hostile_answer_runs_nothing_and_calls_nobody()
    {
        await using var site = await Site.StartAsync();
        var page = await chromium.NewPageAsync();
        var foreign = new List<string>();
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(site.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                foreign.Add(request.Url);
        };
        await AskAsync(page, site.Address, "Attack");

        site.Say("<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'> ");
        site.Say("[click](javascript:window.hacked=1) ![x](http://127.0.0.1:9/?q=secret) <style>body{background:url(http://127.0.0.1:9/css)}</style>\n\n");
        site.Say("event: done\ndata: {\"type\":\"done\",\"finish_reason\":\"stop\"}\n\n");
        site.Say("the end");
        site.Finish();

        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync("the end");
        Assert.False(await page.EvaluateAsync<bool>("'hacked' in window"));
        Assert.Equal(0, await page.Locator("#log script, #log img, #log style, #log a[href^='javascript:']").CountAsync());
        Assert.Empty(foreign);
    }

    private async Task<IPage> AskAsync(Uri address, string question) => await AskAsync(await chromium.NewPageAsync(), address, question);

    private static async Task<IPage> AskAsync(IPage page, Uri address, string question)
    {
        await page.GotoAsync(address.ToString());
        await page.Locator("#message").FillAsync(question);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#log")).ToContainTextAsync(question);
        return page;
    }
}
