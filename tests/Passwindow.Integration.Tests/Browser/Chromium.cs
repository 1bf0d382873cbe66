using Microsoft.Playwright;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>One real Chromium for all tests of this kind; each test has a profile of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const float Patience = 15_000;

    private static readonly string[] Quiet =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        string? program = new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
        if (program is null)
            return;
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = Quiet });
    }

    /// <summary>An empty page. Without Chromium the test is left out; in CI it fails.</summary>
    public async Task<IPage> NewPageAsync() => await NewPageAsync(await NewContextAsync());

    /// <summary>Another tab of a browser.</summary>
    internal static async Task<IPage> NewPageAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(Patience);
        return page;
    }

    /// <summary>A browser of somebody's own: nothing is kept in it yet. It may copy.</summary>
    internal async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        if (_browser is null && Environment.GetEnvironmentVariable("CI") != "true")
            Assert.Skip("chromium is missing");
        return await _browser!.NewContextAsync(options ?? new() { Permissions = ["clipboard-read", "clipboard-write"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

[CollectionDefinition(nameof(ChromiumTests))]
public sealed class ChromiumTests : ICollectionFixture<Chromium>;
