using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary><c>@durable-streams/client</c> reads a turn.</summary>
public sealed class DurableStreamsClientTests
{
    [Theory, InlineData("long-poll"), InlineData("sse")]
    public async Task It_catches_up_follows_goes_on_from_an_offset_and_sees_the_end(string live)
    {
        await using var site = await RecordedSite.StartAsync(SteppedModel.Patient);
        var release = site.Step();
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site.Address, "chat")) { Content = new StringContent("""{"message":"Hi"}""", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("text/event-stream");
        await using var viewer = await EventStreamClient.ConnectAsync(request);
        await viewer.TakeAsync(2);
        string turn = viewer.Response.Headers.GetValues("Passwindow-Turn").Single();

        var seen = await NodeClient.RunAsync("durable-streams/read.mjs", site.Address, turn, live, release.ToString());

        string[] all = ["start", "token", "token", "usage", "done"];
        Assert.Equal(["start", "token"], Strings(seen, "before"));
        Assert.Equal(all, Strings(seen, "seen"));
        Assert.Equal([1, 2, 3, 4, 5], seen.GetProperty("numbers").EnumerateArray().Select(static number => number.GetInt32()));
        Assert.Equal("Hello", seen.GetProperty("text").GetString());
        Assert.Equal(all.Skip(2), Strings(seen, "resumed"));
        Assert.Equal(["0000000000000002", "0000000000000005"], Strings(seen, "offsets"));
        Assert.Equal((true, true, 0), (seen.GetProperty("closed").GetBoolean(), seen.GetProperty("upToDate").GetBoolean(), seen.GetProperty("atEnd").GetArrayLength()));
        var head = seen.GetProperty("head");
        Assert.Equal((true, "0000000000000005", true), (head.GetProperty("exists").GetBoolean(), head.GetProperty("offset").GetString(), head.GetProperty("closed").GetBoolean()));
        Assert.Equal(405, seen.GetProperty("refused").GetProperty("status").GetInt32());
        Assert.Equal(404, seen.GetProperty("missing").GetProperty("status").GetInt32());
    }

    private static IEnumerable<string?> Strings(JsonElement seen, string name) => seen.GetProperty(name).EnumerateArray().Select(static each => each.GetString());
}
