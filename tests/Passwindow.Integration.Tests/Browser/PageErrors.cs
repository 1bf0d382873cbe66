using System.Collections.Concurrent;
using Microsoft.Playwright;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>What goes wrong in a page's scripts, and what its policy held off.</summary>
internal sealed class PageErrors
{
    private readonly ConcurrentQueue<string> _errors = [];

    public PageErrors(IPage page)
    {
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            // What a policy holds off is told there.
            if (message.Type == "error" && message.Text.Contains("Security Policy", StringComparison.Ordinal))
                _errors.Enqueue(message.Text);
        };
    }

    public void AssertNone() => Assert.Empty(_errors);
}
