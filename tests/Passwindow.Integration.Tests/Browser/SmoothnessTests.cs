using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>The page stays responsive under a fast model and in a long conversation.</summary>
[Collection(nameof(ChromiumTests))]
[Trait(TestDepth.Trait, TestDepth.Full)]
public sealed class SmoothnessTests(Chromium chromium, ITestOutputHelper output)
{
    private const int TokensPerSecond = 300;
    private const int MaxTaskMilliseconds = 50; // more is what browsers call a long task
    private const int MaxScrollTaskMilliseconds = 100;

    /// <summary>
    /// Half a minute at this pace is 45 KB of text and some three thousand elements, which take little more than 1 MiB with React's own nodes.
    /// What this is to find grows with the square of the length: kept once for each of its blocks, the text alone took 20 MiB.
    /// </summary>
    private const long MaxGrowth = 4L * 1024 * 1024;

    [Fact]
    public async Task Three_hundred_tokens_a_second_keep_it_responsive_and_its_memory_flat()
    {
        int seconds = TestDepth.Rounds(quick: 8, full: 60);
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Fast");
        await Assertions.Expect(chat.Answer).ToBeVisibleAsync();
        using var tokens = Tokens().GetEnumerator();

        // The second half is looked at: by then the answer is long. (To measure the heap, it is collected: that is no task of the page's. It is the
        // scripts' heap alone, which what is traced meanwhile does not go into.)
        await SpeakAsync(site, tokens, seconds / 2);
        long middle = await HeapAsync(chat.Page);
        var trace = await TaskTrace.StartAsync(chat.Page.Context.Browser!);
        await SpeakAsync(site, tokens, seconds - (seconds / 2));
        var ended = Stopwatch.StartNew();
        site.Answer("\n\nThe end.");
        await EndedAsync(chat.Page).WaitAsync(TimeSpan.FromMinutes(1));
        long lag = ended.ElapsedMilliseconds;
        await CheckTasksAsync(trace, MaxTaskMilliseconds);
        long growth = await HeapAsync(chat.Page) - middle;

        output.WriteLine($"all of it shown {lag} ms after the model's end, heap grew by {growth / 1024} KiB in the second half");
        Assert.InRange(lag, 0, 2000);
        Assert.InRange(growth, long.MinValue, MaxGrowth);
    }

    [Fact]
    public async Task Two_thousand_messages_open_at_once_and_scroll_smoothly()
    {
        int turns = TestDepth.Rounds(quick: 250, full: 1000); // a turn is two messages
        await using var site = await Site.StartAsync("--Passwindow:Durability=os");
        string conversation = await FillAsync(site, turns);
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);

        var clock = Stopwatch.StartNew();
        await chat.Page.GotoAsync($"{site.Address}#{conversation}");
        await Assertions.Expect(chat.Text).ToContainTextAsync($"Answer {turns}");
        output.WriteLine($"opened in {clock.ElapsedMilliseconds} ms");

        // What opening costs is not scrolling.
        await chat.Page.EvaluateAsync("() => new Promise(resolve => requestIdleCallback(resolve))");
        var trace = await TaskTrace.StartAsync(chat.Page.Context.Browser!);
        clock.Restart();
        int seen = await chat.Page.EvaluateAsync<int>("""
            () => new Promise(resolve => {
                const main = document.querySelector('main');
                requestAnimationFrame(function up() {
                    main.scrollTop -= 400;
                    if (main.scrollTop <= 0 && !document.querySelector('.older'))
                        resolve(document.querySelectorAll('.turn').length);
                    else
                        requestAnimationFrame(up);
                });
            })
            """).WaitAsync(TimeSpan.FromMinutes(2));

        output.WriteLine($"scrolled to the top in {clock.ElapsedMilliseconds} ms");
        Assert.Equal(turns, seen);
        await Assertions.Expect(chat.Questions.First).ToHaveTextAsync("Question 1");
        await Assertions.Expect(chat.Questions.First).ToBeInViewportAsync();
        await CheckTasksAsync(trace, MaxScrollTaskMilliseconds);
    }

    [Fact]
    public async Task It_stays_where_somebody_scrolled_to_and_goes_back_to_the_end_when_asked()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Long");
        site.Say(string.Concat(Enumerable.Range(1, 60).Select(static i => $"Paragraph {i} of many.\n\n")));
        await chat.SeesAsync("Paragraph 60");
        await Assertions.Expect(chat.Text.GetByText("Paragraph 60 of")).ToBeInViewportAsync();

        await chat.Page.Locator("main").HoverAsync();
        await chat.Page.Mouse.WheelAsync(0, -600);
        var latest = chat.Page.GetByRole(AriaRole.Button, new() { Name = "Latest" });
        await Assertions.Expect(latest).ToBeVisibleAsync();
        site.Answer("The last one.");
        await chat.AnsweredAsync();
        await Assertions.Expect(chat.Text.GetByText("The last one.")).Not.ToBeInViewportAsync();
        await latest.ClickAsync();

        await Assertions.Expect(chat.Text.GetByText("The last one.")).ToBeInViewportAsync();
        await Assertions.Expect(latest).ToBeHiddenAsync();
    }

    private async Task CheckTasksAsync(TaskTrace trace, int most)
    {
        var tasks = await trace.StopAsync();
        output.WriteLine($"{tasks.Count} tasks, the longest {string.Join(", ", tasks.Take(5).Select(static each => $"{each:F0}"))} ms, the 99th percentile {tasks[tasks.Count / 100]:F0} ms");
        Assert.NotEmpty(tasks);
        Assert.InRange(tasks[tasks.Count / 1000], 0, most); // one in a thousand may be a collection of garbage
    }

    /// <summary>Has the model speak at its pace.</summary>
    private static async Task SpeakAsync(Site site, IEnumerator<string> tokens, int seconds)
    {
        var clock = Stopwatch.StartNew();
        for (int sent = 0; sent < seconds * TokensPerSecond;)
        {
            for (int due = Math.Min((int)(clock.Elapsed.TotalSeconds * TokensPerSecond), seconds * TokensPerSecond); sent < due; sent++)
            {
                tokens.MoveNext();
                site.Say(tokens.Current);
            }

            await Task.Delay(10);
        }
    }

    /// <summary>
    /// Until the answer has ended and its last words are there. Only they are looked at: to read a long answer over and over would itself be a task
    /// of the page's, and a long one.
    /// </summary>
    private static Task EndedAsync(IPage page) => page.EvaluateAsync("""
        () => new Promise(resolve => {
            const text = document.querySelector('.answer > .text');
            requestAnimationFrame(function look() {
                if (document.querySelector('#send') && text.lastElementChild.textContent.endsWith('The end.')) // it may be within a block of code
                    resolve();
                else
                    requestAnimationFrame(look);
            });
        })
        """);

    private static async Task<long> HeapAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        var usage = await session.SendAsync("Runtime.getHeapUsage");
        await session.DetachAsync();
        return (long)usage!.Value.GetProperty("usedSize").GetDouble();
    }

    private static IEnumerable<string> Tokens()
    {
        for (int section = 1; ; section++)
        {
            string text = $"## Section {section}\n\nThe *pass* holds **{section}** plates, and `order_{section}` waits for [the cook](https://example.org/{section}). " +
                string.Concat(Enumerable.Repeat("Every plate is checked before it leaves the kitchen, and so is every token. ", 4)) +
                $"\n\n| Dish | Table |\n|---|---:|\n| Soup | {section} |\n| Fish | {section + 1} |\n\n1. first\n2. second\n3. third\n\n```python\ndef serve_{section}(plate):\n    for table in range({section}):\n        yield plate, table\n```\n\n";
            foreach (var token in text.Chunk(5))
                yield return new string(token);
        }
    }

    private static async Task<string> FillAsync(Site site, int turns)
    {
        const string Conversation = "c_long";
        using var http = new HttpClient { BaseAddress = site.Address };
        for (int turn = 1; turn <= turns; turn++)
        {
            site.Answer($"Answer {turn} with **weight** and `code`.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| {turn} | 2 |\n\n```js\nconst turn = {turn};\n```\n\nAnd a last paragraph that says little, but at some length, as answers do.");
            using var response = await http.PostAsJsonAsync("chat", new { message = $"Question {turn}", conversation_id = Conversation });
            response.EnsureSuccessStatusCode();
            await response.Content.ReadFromJsonAsync<JsonElement>();
        }

        return Conversation;
    }
}
