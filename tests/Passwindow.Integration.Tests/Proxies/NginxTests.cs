using System.Net.Http.Headers;
using System.Net.Http.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Proxies;

/// <summary>What a real reverse proxy does to a stream of tokens.</summary>
public sealed class NginxTests
{
    /// <summary>The usual configuration, which buffers; one that compresses event streams; one made for them.</summary>
    public static TheoryData<string> Configurations => ["nginx", "nginx-gzip", "nginx-sse"];

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task A_token_passes_before_the_next_one_exists(string configuration)
    {
        await using var site = await Site.StartAsync();
        await using var nginx = await Nginx.StartAsync(configuration, site.Address);
        await using var viewer = await EventStreamClient.ConnectAsync(Ask(nginx.Address));

        Assert.Equal("start", (await NextAsync(viewer))?.Type);
        foreach (string word in new[] { "one", "two", "three" })
        {
            site.Say(word);
            var frame = await NextAsync(viewer);
            Assert.Equal("token", frame?.Type);
            Assert.Contains(word, frame!.Value.Data, StringComparison.Ordinal);
        }

        site.Finish();
        Assert.Equal("usage", (await NextAsync(viewer))?.Type);
        Assert.Equal("done", (await NextAsync(viewer))?.Type);
        Assert.Null(await NextAsync(viewer));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task A_viewer_that_leaves_behind_the_proxy_leaves_the_server_too(string configuration)
    {
        await using var site = await Site.StartAsync("--Passwindow:Linger=0");
        await using var nginx = await Nginx.StartAsync(configuration, site.Address);
        var viewer = await EventStreamClient.ConnectAsync(Ask(nginx.Address));
        site.Say("one");
        await NextAsync(viewer);
        await NextAsync(viewer);

        viewer.Cut();
        await viewer.DisposeAsync();

        await (await site.Model.ExchangeAsync(0)).ClientGone.WaitAsync(TimeSpan.FromSeconds(15));
    }

    private static HttpRequestMessage Ask(Uri address) => new(HttpMethod.Post, new Uri(address, "chat"))
    {
        Content = JsonContent.Create(new { message = "Hello" }),
        Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/event-stream") } },
    };

    private static async Task<StreamEvent?> NextAsync(EventStreamClient viewer) => await viewer.NextAsync().WaitAsync(TimeSpan.FromSeconds(10));
}
