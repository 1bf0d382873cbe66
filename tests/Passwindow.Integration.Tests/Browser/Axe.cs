using System.Text.Json;
using Microsoft.Playwright;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Integration.Tests.Browser;

/// <summary>Looks for what keeps people from using a page.</summary>
internal static class Axe
{
    private static readonly string Script = FixtureFolder.PathOf("../../web/node_modules/axe-core/axe.min.js");

    /// <summary>Fails if it finds something serious.</summary>
    /// <param name="page">What is looked at.</param>
    /// <param name="when">The state that it is in, for the message.</param>
    public static async Task CheckAsync(IPage page, string when)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
            await page.EvaluateAsync(await File.ReadAllTextAsync(Script));
        // What fades in would be judged by its first colours.
        await page.EvaluateAsync("() => Promise.all(document.getAnimations().filter(each => each.effect.getTiming().iterations === 1).map(each => each.finished))");
        var found = await page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map(node => node.html).join('\\n') }))");
        Assert.Equal("", string.Join('\n', found.EnumerateArray().Where(static each => each.GetProperty("impact").GetString() is "serious" or "critical").Select(each => $"{when}: {each}")));
    }
}
