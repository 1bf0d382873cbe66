using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>The browser's own <c>EventSource</c> on <c>GET /chat/stream</c>.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class EventSourceTests(Chromium chromium)
{
    [Fact]
    public async Task The_three_lines_of_the_readme_show_the_answer()
    {
        await using var site = await Site.StartAsync();
        var page = await chromium.NewPageAsync();
        string html = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Files/event-source.html"));
        await page.RouteAsync("**/snippet", route => route.FulfillAsync(new() { Body = html, ContentType = "text/html" }));
        await page.GotoAsync($"{site.Address}snippet");

        site.Say("Order ");
        site.Say("up.");
        site.Finish();

        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("Order up.");
    }

    [Fact]
    public async Task One_that_is_cut_comes_back_to_the_same_turn_and_stops_after_done()
    {
        await using var site = await Site.StartAsync();
        await using var network = new CuttingProxy(site.Address);
        var page = await chromium.NewPageAsync();
        await page.RouteAsync("**/blank", route => route.FulfillAsync(new() { Body = "<!doctype html><body></body>", ContentType = "text/html" }));
        await page.GotoAsync($"{network.Address}blank");
        await page.EvaluateAsync("""
            () => {
                window.seen = []; window.ids = []; window.opened = 0; window.events = new EventSource('/chat/stream?prompt=Hello');
                events.onopen = () => window.opened++;
                for (const type of ['start', 'token', 'done'])
                    events.addEventListener(type, e => { seen.push(type === 'token' ? JSON.parse(e.data).token : type); ids.push(e.lastEventId); });
            }
            """);

        site.Say("one ");
        await page.WaitForFunctionAsync("seen.includes('one ')");
        network.CutAll();
        site.Say("two ");
        await page.WaitForFunctionAsync("seen.includes('two ')");
        network.CutAll();
        site.Finish();

        // It is not closed by the page: after `done` the server's 204 is what ends it (readyState 2).
        await page.WaitForFunctionAsync("seen.includes('done') && events.readyState === 2");
        Assert.Equal(["start", "one ", "two ", "done"], await page.EvaluateAsync<string[]>("seen"));
        string[] ids = await page.EvaluateAsync<string[]>("ids");
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Single(site.Model.Requests);
    }
}
