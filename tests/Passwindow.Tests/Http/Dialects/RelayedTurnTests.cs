using System.Text;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>Turns whose client brings the conversation and checks the calls itself.</summary>
public sealed class RelayedTurnTests
{
    [Fact]
    public async Task A_call_of_a_tool_that_nobody_declared_goes_to_the_client()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(Call("nowhere", """{"a": 1}""", "tool_calls")));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        var choice = (await AskAsync(server, """{"messages":[{"role":"user","content":"Hi"}]}""")).Json.GetProperty("choices")[0];

        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(("nowhere", """{"a": 1}"""), Function(choice));
        Assert.Single(upstream.Requests); // the model is not told that there is no such tool
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public async Task Arguments_that_are_no_object_go_to_the_client_as_the_model_wrote_them(string arguments)
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(Call("f", arguments, "tool_calls")));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        var (response, json) = await AskAsync(server, """{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f"}}]}""");
        await using var native = await server.WatchAsync($"/chat/turns/{response.Headers.GetValues("Passwindow-Turn").Single()}/events");

        Assert.Equal(("f", arguments), Function(json.GetProperty("choices")[0]));
        var events = await native.RestAsync();
        Assert.Equal(["start", "tool_arguments", "usage", "done"], events.Select(static each => each.Type)); // an event of a call holds an object
        Assert.Equal("tool_calls", events.FinishReason());
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task A_call_that_the_limit_cut_ends_with_length_and_its_pieces_are_told()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync((byte[])
        [
            .. ChatChunks.ToolCall(0, "call_1", "f"), .. ChatChunks.ToolCall(0, arguments: "{\"a\""), .. ChatChunks.ToolCall(0, arguments: ": "), .. ChatChunks.Finish("length"), .. ChatChunks.Done,
        ]));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        var choice = (await AskAsync(server, """{"messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f"}}]}""")).Json.GetProperty("choices")[0];

        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(("f", "{\"a\": "), Function(choice));
    }

    [Fact]
    public async Task A_stored_request_is_what_the_next_turn_of_its_conversation_goes_on_from()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("Fine.")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        const string history = """[{"role":"system","content":"Be brief."},{"role":"user","content":"One"},{"role":"assistant","content":"Two"},{"role":"user","content":"Three"}]""";
        var (stored, _) = await AskAsync(server, $$"""{"store":true,"messages":{{history}}}""");
        var (forgotten, _) = await AskAsync(server, $$"""{"messages":{{history}}}""");

        await server.AnswerAsync(Asking.Body("Four", stored.Headers.GetValues("Passwindow-Conversation").Single()));
        await server.AnswerAsync(Asking.Body("Four", forgotten.Headers.GetValues("Passwindow-Conversation").Single()));

        Assert.Equal(["Be brief.", "One", "Two", "Three", "Fine.", "Four"], Contents(upstream.Requests[2]));
        Assert.Equal(["Three", "Fine.", "Four"], Contents(upstream.Requests[3])); // what is not stored is not kept
    }

    [Fact]
    public async Task A_request_that_brings_the_conversation_is_told_nothing_that_the_journal_knows()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("Fine.")));
        await using var server = await ServerUnderTest.StartAsync(upstream);

        await AskAsync(server, """{"store":true,"messages":[{"role":"user","content":"One"}]}""", key: "k1");
        await AskAsync(server, """{"store":true,"messages":[{"role":"user","content":"Two"}]}""", key: "k2");

        Assert.Equal(["Two"], Contents(upstream.Requests[1]));
    }

    private static byte[] Call(string name, string arguments, string finish) => [.. ChatChunks.ToolCall(0, "call_1", name, arguments), .. ChatChunks.Finish(finish), .. ChatChunks.Done];

    private static (string? Name, string? Arguments) Function(JsonElement choice)
    {
        var function = choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        return (function.GetProperty("name").GetString(), function.GetProperty("arguments").GetString());
    }

    private static IEnumerable<string?> Contents(UpstreamRequest request) => request.Json.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").GetString());

    private static async Task<(HttpResponseMessage Response, JsonElement Json)> AskAsync(ServerUnderTest server, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        var response = await server.Http.SendAsync(request).WaitAsync(ServerUnderTest.Patience);
        return (response, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()));
    }
}
