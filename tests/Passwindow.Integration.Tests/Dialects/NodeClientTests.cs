using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>The packages that the scripts stand on are those of the lock file.</summary>
public sealed class NodeClientTests
{
    [Fact]
    public async Task A_script_finds_its_packages_and_the_server()
    {
        await using var site = await RecordedSite.StartAsync();

        var said = await NodeClient.RunAsync("packages.mjs", site.Address);

        Assert.Equal(site.Address.ToString().TrimEnd('/'), said.GetProperty("address").GetString());
        Assert.Contains("openai", said.GetProperty("versions").EnumerateObject().Select(static one => one.Name));
        Assert.All(said.GetProperty("versions").EnumerateObject(), one => Assert.Matches(@"^\d+\.\d+\.\d+$", one.Value.GetString()!));
    }
}
