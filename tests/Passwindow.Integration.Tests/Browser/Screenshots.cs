using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Passwindow.Testing;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>Takes the pictures of <c>docs/screenshots</c>; run by hand: <c>-explicit only -class '*Screenshots'</c>.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class Screenshots(Chromium chromium)
{
    private const string Question = "How long does a plate wait at the pass?";

    private static readonly string Folder = FixtureFolder.PathOf("../../docs/screenshots");

    [Theory(Explicit = true)]
    [InlineData("light", ColorScheme.Light, 1280, 860)]
    [InlineData("dark", ColorScheme.Dark, 1280, 860)]
    [InlineData("phone", ColorScheme.Light, 390, 844)]
    public async Task Of_a_conversation(string name, ColorScheme scheme, int width, int height)
    {
        await using var site = await Site.StartAsync(
            static services => services.AddPasswindowTool("get_station_rates", "The rates.", static (string kitchen) => new { kitchen, grill = 42, pastry = 18 }), "--Passwindow:Suggestions=demo");
        await using var chat = await OpenAsync(site, scheme, width, height);
        await TalkBeforeAsync(chat, site);

        await chat.AskAsync(Question);
        site.Send(ChatChunks.Reasoning("A queue, then."));
        site.Send(ChatChunks.ToolCall(0, "call_1", "get_station_rates", """{"kitchen":"main"}"""));
        site.Finish("tool_calls");
        site.Say(Answer);
        site.Send(ChatChunks.Delta("""{"content":"","annotations":[{"type":"url_citation","url_citation":{"url":"https://en.wikipedia.org/wiki/Little%27s_law","title":"Little's law"}}]}"""));
        site.Finish();
        await chat.AnsweredAsync();
        await Assertions.Expect(chat.Page.Locator(".suggestions button")).ToHaveCountAsync(3);

        if (name == "light")
            await TakeAsync(chat, "end");
        await chat.Page.Locator("main").EvaluateAsync("main => { const turn = main.querySelector('.turn.last'); main.scrollTop = turn.offsetTop - main.offsetTop; }");
        await chat.Page.Mouse.MoveAsync(0, 0);
        await TakeAsync(chat, name);
        if (name == "phone")
        {
            await chat.Page.GetByRole(AriaRole.Button, new() { Name = "Conversations", Exact = true }).ClickAsync();
            await TakeAsync(chat, "phone-drawer");
        }
    }

    [Fact(Explicit = true)]
    public async Task Of_an_empty_page_an_approval_and_an_error()
    {
        await using var site = await Site.StartAsync(
            static services => services.AddPasswindowTool("cancel_order", "Cancels.", static (string id) => "", static tool => tool.RequiresApproval = true));
        await using var chat = await OpenAsync(site, ColorScheme.Light, 1280, 860);
        await TakeAsync(chat, "empty");

        await chat.AskAsync("Cancel the order of table seven, please.");
        site.Say("That is order 1207. It is not in the oven yet, so it can be cancelled.");
        site.Send(ChatChunks.ToolCall(0, "call_1", "cancel_order", """{"id":"1207","reason":"the guest asked"}"""));
        site.Finish("tool_calls");
        await Assertions.Expect(chat.Answer.Locator(".approval")).ToBeVisibleAsync();
        await chat.SeesAsync("can be cancelled.");
        await TakeAsync(chat, "approval");

        await chat.Answer.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        site.Say("Order 1207 is can");
        await chat.SeesAsync("1207 is can");
        site.Break();
        await Assertions.Expect(chat.Answer.Locator(".problem")).ToBeVisibleAsync();
        await chat.Page.Mouse.MoveAsync(0, 0);
        await TakeAsync(chat, "error");
    }

    [Theory(Explicit = true)]
    [InlineData("inspect-light", ColorScheme.Light, 1280, 960)]
    [InlineData("inspect-dark", ColorScheme.Dark, 1280, 960)]
    [InlineData("inspect-phone", ColorScheme.Light, 390, 844)]
    public async Task Of_the_inspector(string name, ColorScheme scheme, int width, int height)
    {
        await using var site = await Site.StartAsync(
            static services => services.AddPasswindowTool("get_station_rates", "The rates.", static async (string kitchen) =>
            {
                await Task.Delay(620);
                return new { kitchen, grill = 42, pastry = 18 };
            }));
        await using var chat = await OpenAsync(site, scheme, width, height);
        var random = new Random(7);
        async Task SayAsync(string text, Func<string, byte[]> chunk)
        {
            foreach (string word in text.Split(' '))
            {
                site.Send(chunk(word + " "));
                await Task.Delay(random.Next(8, 42));
            }
        }

        await chat.AskAsync(Question);
        await Task.Delay(350);
        string turn = await chat.Page.EvaluateAsync<string>("async () => (await (await fetch('/chat/conversations/' + location.hash.slice(1))).json()).turn_id");
        using var http = new HttpClient();
        using var first = await http.GetAsync($"{site.Address}chat/turns/{turn}/events?dialect=openai", HttpCompletionOption.ResponseHeadersRead);
        await SayAsync("A queue, then. The rates of the stations are needed before anything can be said of it.", ChatChunks.Reasoning);
        site.Send(ChatChunks.ToolCall(0, "call_1", "get_station_rates", """{"kitchen":"main"}"""));
        site.Finish("tool_calls");
        await Task.Delay(900);
        await SayAsync(Answer[..300], ChatChunks.Text);
        first.Dispose();
        await SayAsync(Answer[300..700], ChatChunks.Text);
        await Task.Delay(700);
        using var again = await http.GetAsync($"{site.Address}chat/turns/{turn}/events?after=60", HttpCompletionOption.ResponseHeadersRead);
        await SayAsync(Answer[700..], ChatChunks.Text);
        site.Finish();
        await chat.AnsweredAsync();

        await chat.Answer.GetByRole(AriaRole.Link, new() { Name = "Inspect this turn" }).ClickAsync();
        await Assertions.Expect(chat.Page.Locator(".frame-time").Last).ToBeVisibleAsync();
        await chat.Page.Locator(".frame summary").Nth(1).EvaluateAsync("summary => summary.click()");
        await TakeAsync(chat, name);
    }

    private async Task<ChatPage> OpenAsync(Site site, ColorScheme scheme, int width, int height)
    {
        var context = await chromium.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height }, DeviceScaleFactor = 1.5f });
        return await ChatPage.OpenAsync(await Chromium.NewPageAsync(context), site.Address);
    }

    private static async Task TalkBeforeAsync(ChatPage chat, Site site)
    {
        foreach (string before in new[] { "A menu for twelve, one of them vegan", "Why does dough rest?", "Convert 3 cups of flour to grams" })
        {
            await chat.AskAsync(before);
            site.Answer("In a moment.");
            await chat.AnsweredAsync();
            await chat.Page.Keyboard.PressAsync("Control+Shift+O");
            await Assertions.Expect(chat.Page.Locator(".greeting")).ToBeVisibleAsync();
        }
    }

    private static async Task TakeAsync(ChatPage chat, string name)
    {
        await chat.Page.EvaluateAsync("() => Promise.all([document.fonts.ready, ...document.getAnimations().filter(each => each.effect.getTiming().iterations === 1).map(each => each.finished)])");
        Directory.CreateDirectory(Folder);
        await chat.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}.png") });
    }

    private const string Answer = """"
        A kitchen is a queue, and the pass is where it shows. With arrivals at rate $\lambda$ and service at rate $\mu$, the mean time in the system is

        $$
        W = \frac{1}{\mu - \lambda}, \qquad \rho = \frac{\lambda}{\mu} < 1
        $$

        | Station | Orders per hour | Utilisation | Mean wait |
        |---|---:|---:|---:|
        | Grill | 42 | 0.84 | 7.1 min |
        | Garde-manger | 60 | 0.52 | 2.0 min |
        | Pastry | 18 | **0.91** | **30.4 min** |

        A small simulation confirms it:

        ```python
        import random

        def wait(arrivals: float, service: float, plates: int = 100_000) -> float:
            """Mean time in an M/M/1 queue, by simulation."""
            clock = free = total = 0.0
            for _ in range(plates):
                clock += random.expovariate(arrivals)
                free = max(free, clock) + random.expovariate(service)
                total += free - clock
            return total / plates
        ```

        Two things follow:

        1. Pastry is the bottleneck: above `rho = 0.9` every further order costs *twice* what the last one did.
        2. A second oven brings it to 0.46, by [Little's law](https://en.wikipedia.org/wiki/Little%27s_law).
        """";
}
