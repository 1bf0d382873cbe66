using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>The life of responses, as the official SDK from npm sees it.</summary>
public sealed class OpenAIResponsesClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_background_response_is_cut_polled_and_followed_to_its_end()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:Linger=0", SteppedModel.Patient);
        var seen = await NodeClient.RunAsync("openai-responses/life.mjs", site.Address, site.Step().ToString());

        var (first, rest) = (seen.GetProperty("first"), seen.GetProperty("rest"));
        int[] numbers = [.. Numbers(first), .. Numbers(rest)];
        Assert.Equal(Enumerable.Range(0, numbers.Length), numbers);
        Assert.Equal(("Hel", "lo", "response.completed"), (first.GetProperty("text").GetString(), rest.GetProperty("text").GetString(), rest.GetProperty("last").GetString()));
        Assert.Equal(("in_progress", "Hel"), Said(seen.GetProperty("meanwhile")));
        Assert.Equal(("completed", "Hello"), Said(seen.GetProperty("polled")));
        Assert.Equal(("completed", "Hello"), Said(seen.GetProperty("replayed")));
        Assert.Equal(5, seen.GetProperty("polled").GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal(0, seen.GetProperty("nothing").GetArrayLength());
    }

    [Theory, InlineData("true"), InlineData("false")]
    public async Task One_that_is_stopped_is_cancelled_for_who_watches_it_and_for_who_asks_twice(string background)
    {
        await using var site = await RecordedSite.StartAsync(SteppedModel.Patient);
        var gone = site.SayAndWait();

        var seen = await NodeClient.RunAsync("openai-responses/cancel.mjs", site.Address, background);

        foreach (string each in (string[])["final", "cancelled", "again"])
            Assert.Equal(("cancelled", "Hel"), Said(seen.GetProperty(each)));
        await gone.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_function_is_called_and_answered_in_both_ways_and_what_is_wrong_is_told()
    {
        await using var site = await RecordedSite.StartAsync(SteppedModel.Patient);
        site.Upstream.Next(static exchange => exchange.WriteAsync((byte[])[.. ChatChunks.ToolCall(0, "call_1", "f", "{}"), .. ChatChunks.ToolCall(1, "call_2", "f", "{}"), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done]));
        for (int i = 0; i < 3; i++)
            site.Upstream.Next(static exchange => exchange.WriteAsync(ChatChunks.Answer("Done.")));

        var seen = await NodeClient.RunAsync("openai-responses/rounds.mjs", site.Address);

        Assert.Equal(["call_1", "call_2"], seen.GetProperty("asked").GetProperty("calls").EnumerateArray().Select(static call => call.GetProperty("id").GetString()));
        Assert.Equal(("completed", "Done."), Said(seen.GetProperty("byId")));
        Assert.Equal(("completed", "Done."), Said(seen.GetProperty("byItems")));
        Assert.Equal(["function_call_output", "function_call_output"], seen.GetProperty("items").EnumerateArray().Select(static item => item.GetString()));
        Assert.Equal(Messages(site.Upstream.Requests[1]), Messages(site.Upstream.Requests[2]));
        Assert.Contains("result of call_2", Messages(site.Upstream.Requests[1]), StringComparison.Ordinal);
        var refused = seen.GetProperty("refused");
        Assert.Equal(("BadRequestError", "temperature"), Refused(refused, "temperature", "param"));
        Assert.Equal(("BadRequestError", "tools"), Refused(refused, "hosted", "param"));
        Assert.Equal(("NotFoundError", "not_found"), Refused(refused, "unknown", "code"));
        Assert.Equal(("NotFoundError", "not_found"), Refused(refused, "notStored", "code"));
        Assert.Equal(("BadRequestError", "previous_response_not_found"), Refused(refused, "previous", "code"));
        Assert.Equal(("NotFoundError", "model_not_found"), Refused(refused, "model", "code"));
        Assert.Equal(4, site.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Who_aborts_stops_paying()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:Linger=0", SteppedModel.Patient);
        var gone = site.SayAndWait();

        var seen = await NodeClient.RunAsync("openai-responses/abort.mjs", site.Address);

        Assert.Equal("APIUserAbortError", seen.GetProperty("thrown").GetProperty("name").GetString());
        await gone.WaitAsync(Patience);
    }

    private static IEnumerable<int> Numbers(JsonElement seen) => seen.GetProperty("numbers").EnumerateArray().Select(static number => number.GetInt32());

    private static (string?, string?) Said(JsonElement response) => (response.GetProperty("status").GetString(), response.GetProperty("text").GetString());

    private static (string?, string?) Refused(JsonElement refused, string name, string member) =>
        (refused.GetProperty(name).GetProperty("name").GetString(), refused.GetProperty(name).GetProperty(member).GetString());

    private static string Messages(UpstreamRequest request) => request.Json.GetProperty("messages").GetRawText();
}
