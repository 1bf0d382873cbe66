using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>The inspector of one turn, in a tab of its own. What goes wrong in its scripts fails the test at its end.</summary>
internal sealed class InspectorPage : IAsyncDisposable
{
    private readonly PageErrors _errors;

    private InspectorPage(IPage page)
    {
        Page = page;
        _errors = new PageErrors(page);
    }

    public IPage Page { get; }

    public ILocator State => Page.Locator(".state");

    /// <summary>The picture of time.</summary>
    public ILocator Plot => Page.GetByRole(AriaRole.Slider);

    public ILocator Frames => Page.Locator(".frame");

    public ILocator Count => Page.Locator(".count");

    public ILocator Search => Page.GetByLabel("Search the frames");

    public static async Task<InspectorPage> OpenAsync(IPage page, Uri address, string turn)
    {
        ChatPage.SkipUnlessBuilt();
        var inspector = new InspectorPage(page);
        await page.GotoAsync($"{address}inspect/{turn}");
        return inspector;
    }

    /// <summary>Starts a turn and goes away: whoever looks then is its only viewer.</summary>
    public static async Task<string> StartTurnAsync(Uri address, string message = "Hello")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address}chat")
        {
            Content = new StringContent(JsonSerializer.Serialize(new { message }), Encoding.UTF8, "application/json"),
            Headers = { { "Accept", "text/event-stream" } },
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode().Headers.GetValues("Passwindow-Turn").Single();
    }

    public Task ChooseAsync(string dialect) => Page.GetByRole(AriaRole.Radio, new() { Name = dialect, Exact = true }).CheckAsync();

    public Task EndedAsync() => Assertions.Expect(State).ToHaveTextAsync("ended: stop");

    public async ValueTask DisposeAsync()
    {
        await Page.Context.DisposeAsync();
        _errors.AssertNone();
    }
}
