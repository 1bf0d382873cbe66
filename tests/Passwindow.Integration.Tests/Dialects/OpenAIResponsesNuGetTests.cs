using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Responses;
using Passwindow.Testing;
using Passwindow.Testing.Fixtures;
using Xunit;

#pragma warning disable OPENAI001 // the SDK marks the whole API as subject to change

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>The official SDK from NuGet.</summary>
public sealed class OpenAIResponsesNuGetTests
{
    [Theory]
    [InlineData("openai-responses-basic-streaming")]
    [InlineData("openai-responses-tool-args-unicode-arguments-streaming")]
    [InlineData("openai-refusal-matrix-responses-streaming-refusal-delta-surfaces")]
    [InlineData("openai-citations-become-the-source-list")]
    [InlineData("openai-responses-thinking-part-iter")]
    [InlineData("deepseek-responses-protocol-dialects-with-deepseek-deepseek-v4-flash-stre")]
    public async Task It_reads_what_was_recorded(string name)
    {
        await using var site = await RecordedSite.StartAsync(SteppedModel.Patient);
        var expected = new UpstreamRecording("responses", name).Expected;
        var client = Client(site);
        var options = new CreateResponseOptions($"responses/{name}", [ResponseItem.CreateUserMessageItem("Hi")]) { Instructions = "Be brief.", Metadata = { ["a"] = "b" }, Temperature = 0.5f };
        var updates = new List<StreamingResponseUpdate>();
        options.StreamingEnabled = true;
        await foreach (var update in await client.CreateResponseStreamingAsync(options))
            updates.Add(update);

        Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(static update => update.SequenceNumber));
        Assert.Equal(expected.Text, string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(static update => update.Delta)));
        var response = Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response;
        Check(expected, response);
        options.StreamingEnabled = false;
        Check(expected, await client.CreateResponseAsync(options));
        Check(expected, await client.GetResponseAsync(response.Id));
    }

    [Fact]
    public async Task It_follows_a_background_response_and_goes_on_from_it()
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:Linger=0", SteppedModel.Patient);
        var release = site.Step();
        var client = Client(site);
        ResponseResult begun = await client.CreateResponseAsync(new CreateResponseOptions("chat/scripted", [ResponseItem.CreateUserMessageItem("One")]) { BackgroundModeEnabled = true });
        Assert.Equal(ResponseStatus.InProgress, begun.Status);
        var numbers = new List<int>();
        await foreach (var update in await client.GetResponseStreamingAsync(new GetResponseOptions(begun.Id) { StreamingEnabled = true, StartingAfter = 1 }))
        {
            numbers.Add(update.SequenceNumber);
            if (update is StreamingResponseOutputTextDeltaUpdate { Delta: "Hel" })
                await new HttpClient().GetAsync(release);
        }

        Assert.Equal(Enumerable.Range(2, numbers.Count), numbers);
        ResponseResult ended = await client.GetResponseAsync(begun.Id);
        Assert.Equal((ResponseStatus.Completed, "Hello", 5), (ended.Status, ended.GetOutputText(), ended.Usage.TotalTokenCount));
        site.Upstream.Next(static exchange => exchange.WriteAsync(ChatChunks.Answer("Two.")));
        ResponseResult next = await client.CreateResponseAsync("chat/scripted", "Go on.", begun.Id);
        Assert.Equal("Two.", next.GetOutputText());
        Assert.Equal(3, site.Upstream.Requests[^1].Json.GetProperty("messages").GetArrayLength());
        var items = new List<ResponseItem>();
        await foreach (var item in client.GetResponseInputItemsAsync(next.Id))
            items.Add(item);
        Assert.Equal("Go on.", Assert.IsType<MessageResponseItem>(Assert.Single(items), exactMatch: false).Content[0].Text);
    }

    [Fact]
    public async Task It_cancels_and_is_told_what_is_wrong()
    {
        await using var site = await RecordedSite.StartAsync(SteppedModel.Patient);
        _ = site.SayAndWait();
        var client = Client(site);
        ResponseResult begun = await client.CreateResponseAsync(new CreateResponseOptions("chat/scripted", [ResponseItem.CreateUserMessageItem("One")]) { BackgroundModeEnabled = true });

        Assert.Equal(ResponseStatus.Cancelled, (await client.CancelResponseAsync(begun.Id)).Value.Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GetResponseAsync("resp_none"))).Status);
        var wrong = await Assert.ThrowsAsync<ClientResultException>(() => client.CreateResponseAsync("chat/scripted", "Go on.", "resp_none"));
        Assert.Equal(400, wrong.Status);
        Assert.Contains("Previous response with id 'resp_none' not found.", wrong.Message, StringComparison.Ordinal);
        Assert.True((await client.DeleteResponseAsync(begun.Id)).Value.Deleted);
    }

    private static ResponsesClient Client(RecordedSite site) =>
        new(new ApiKeyCredential("k"), new ResponsesClientOptions { Endpoint = new Uri(site.Address, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    private static void Check(ExpectedOutcome expected, ResponseResult response)
    {
        Assert.Equal(ResponseStatus.Completed, response.Status);
        Assert.Equal(expected.Text, response.GetOutputText() ?? "");
        Assert.Equal("b", response.Metadata["a"]);
        Assert.Equal(0.5f, response.Temperature);
        Assert.Equal(expected.Reasoning, string.Concat(response.OutputItems.OfType<ReasoningResponseItem>().Select(static item => item.GetSummaryText())));
        Assert.Equal(
            expected.ToolCalls.Select(static call => (call.Id, call.Name, call.Arguments)),
            response.OutputItems.OfType<FunctionCallResponseItem>().Select(static call => (call.CallId, call.FunctionName, call.FunctionArguments.ToString())));
        var parts = response.OutputItems.OfType<MessageResponseItem>().SelectMany(static item => item.Content).ToList();
        Assert.Equal(expected.Refusal ?? "", string.Concat(parts.Select(static part => part.Refusal)));
        if (expected.Citations is { } citations)
            Assert.Equal(citations, parts.Sum(static part => part.OutputTextAnnotations.Count));
        if (expected.UsageNormalised is { } usage)
            Assert.Equal((usage.Input, usage.Output), (response.Usage.InputTokenCount, response.Usage.OutputTokenCount));
    }
}
