using System.Net;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http.Dialects.OpenAIResponses;

public sealed class CreateTests : IAsyncLifetime
{
    private readonly ScriptedUpstream _upstream = new(static exchange => exchange.WriteAsync(ChatChunks.Answer("Hel", "lo")));
    private ServerUnderTest _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerUnderTest.StartAsync(_upstream);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_ends_with_the_object_that_is_asked_for_again()
    {
        await using var stream = await _server.CreateStreamAsync("""{"input":"Hi","stream":true}""");
        var events = await stream.RestAsync();

        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal(("response.created", "response.completed"), (events[0].Type, events[^1].Type));
        var last = events[^1].Json().GetProperty("response");
        Assert.Equal(("completed", "Hello", 5), (last.Status(), last.Said(), last.GetProperty("usage").GetProperty("total_tokens").GetInt32()));
        Assert.Equal($"resp_{stream.Turn()}", last.Id());
        Assert.Equal(last.ToString(), (await _server.RetrieveAsync(last.Id())).ToString());
    }

    [Fact]
    public async Task One_document_is_the_same_object()
    {
        var response = await _server.CreateAsync("""{"input":[{"role":"user","content":"Hi"}],"metadata":{"a":"b"}}""");

        Assert.Equal(("completed", "Hello", "b"), (response.Status(), response.Said(), response.GetProperty("metadata").GetProperty("a").GetString()));
        Assert.Equal(response.ToString(), (await _server.RetrieveAsync(response.Id())).ToString());
    }

    [Fact]
    public async Task A_response_goes_on_where_the_one_before_it_ended_and_forgets_its_instructions()
    {
        var first = await _server.CreateAsync("""{"input":"One","instructions":"Be brief."}""");
        var second = await _server.CreateAsync($$"""{"input":"Two","previous_response_id":"{{first.Id()}}","instructions":"Be kind."}""");
        var third = await _server.CreateAsync($$"""{"input":"Three","previous_response_id":"{{second.Id()}}"}""");

        Assert.Equal(["system: Be brief.", "user: One"], _upstream.Requests[0].Told());
        Assert.Equal(["system: Be kind.", "user: One", "assistant: Hello", "user: Two"], _upstream.Requests[1].Told());
        Assert.Equal(["user: One", "assistant: Hello", "user: Two", "assistant: Hello", "user: Three"], _upstream.Requests[2].Told());
        Assert.Equal(second.Id(), third.GetProperty("previous_response_id").GetString());
        Assert.Equal("Be kind.", (await _server.RetrieveAsync(second.Id())).GetProperty("instructions").GetString());
    }

    [Fact]
    public async Task Two_may_follow_the_same_one_and_each_knows_only_what_led_to_it()
    {
        var first = await _server.CreateAsync("""{"input":"One"}""");
        var left = await _server.CreateAsync($$"""{"input":"Left","previous_response_id":"{{first.Id()}}"}""");
        var right = await _server.CreateAsync($$"""{"input":"Right","previous_response_id":"{{first.Id()}}"}""");
        await _server.CreateAsync($$"""{"input":"On","previous_response_id":"{{left.Id()}}"}""");
        await _server.CreateAsync($$"""{"input":"On","previous_response_id":"{{right.Id()}}"}""");

        Assert.Equal(["user: One", "assistant: Hello", "user: Right"], _upstream.Requests[2].Told());
        Assert.Equal(["user: One", "assistant: Hello", "user: Left", "assistant: Hello", "user: On"], _upstream.Requests[3].Told());
        Assert.Equal(["user: One", "assistant: Hello", "user: Right", "assistant: Hello", "user: On"], _upstream.Requests[4].Told());
    }

    [Fact]
    public async Task A_turn_that_was_begun_otherwise_is_a_response_and_can_be_continued()
    {
        var (_, turn) = await _server.AnswerAsync(Asking.Body("One"));
        string id = $"resp_{turn.GetProperty("turn_id").GetString()}";

        Assert.Equal("Hello", (await _server.RetrieveAsync(id)).Said());
        await _server.CreateAsync($$"""{"input":"Two","previous_response_id":"{{id}}"}""");
        Assert.Equal(["user: One", "assistant: Hello", "user: Two"], _upstream.Requests[1].Told());
    }

    [Fact]
    public async Task What_is_not_stored_can_be_neither_asked_for_nor_continued()
    {
        var response = await _server.CreateAsync("""{"input":"Hi","store":false}""");
        string id = response.Id();

        var error = (await _server.RetrieveAsync(id, HttpStatusCode.NotFound)).GetProperty("error");
        Assert.Equal(("invalid_request_error", $"Response with id '{id}' not found."), (error.GetProperty("type").GetString(), error.GetProperty("message").GetString()));
        await _server.CancelAsync(id, HttpStatusCode.NotFound);
        error = (await _server.CreateAsync($$"""{"input":"On","previous_response_id":"{{id}}"}""", HttpStatusCode.BadRequest)).GetProperty("error");
        Assert.Equal(("previous_response_not_found", "previous_response_id"), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task Only_what_is_asked_to_be_stored_stands_in_the_list()
    {
        await _server.CreateAsync("""{"input":"Unlisted"}""");
        await _server.CreateAsync("""{"input":"Listed","store":true}""");

        var list = (await _server.GetJsonAsync("/chat/conversations")).GetProperty("conversations").EnumerateArray();
        Assert.Equal("Listed", Assert.Single(list).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_call_goes_to_the_client_and_its_answer_comes_back_with_the_next_response()
    {
        _upstream.Next(static exchange => exchange.WriteAsync((byte[])[.. ChatChunks.ToolCall(0, "call_1", "f", "{\"a\":1}"), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done]));
        const string tools = "\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\"},\"strict\":false}]";
        var asked = await _server.CreateAsync($$"""{"input":"Hi",{{tools}}}""");
        var call = Assert.Single(asked.GetProperty("output").EnumerateArray());
        Assert.Equal(("completed", "function_call", "call_1", "{\"a\":1}"), (asked.Status(), call.GetProperty("type").GetString(), call.GetProperty("call_id").GetString(), call.GetProperty("arguments").GetString()));

        var answered = await _server.CreateAsync($$"""{"input":[{"type":"function_call_output","call_id":"call_1","output":"42"}],"previous_response_id":"{{asked.Id()}}"}""");

        Assert.Equal("Hello", answered.Said());
        Assert.Equal(["user: Hi", "assistant: ", "tool: 42"], _upstream.Requests[1].Told());
        Assert.Equal("call_1", _upstream.Requests[1].Json.GetProperty("messages")[2].GetProperty("tool_call_id").GetString());
    }

    [Fact]
    public async Task An_item_that_is_only_named_is_found_in_its_response()
    {
        var first = await _server.CreateAsync("""{"input":"One"}""");
        string item = first.GetProperty("output")[0].Id();

        await _server.CreateAsync($$"""{"input":[{"role":"user","content":"One"},{"type":"item_reference","id":"{{item}}"},{"role":"user","content":"Two"}]}""");

        Assert.Equal(["user: One", "assistant: Hello", "user: Two"], _upstream.Requests[1].Told());
        await _server.CreateAsync("""{"input":[{"type":"item_reference","id":"msg_t_0_0"}]}""", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Its_input_is_listed_the_last_first()
    {
        var response = await _server.CreateAsync("""{"input":[{"role":"user","content":"One"},{"role":"assistant","content":"Two"},{"role":"user","content":"Three"}],"instructions":"Be brief."}""");

        var page = await _server.GetJsonAsync($"/v1/responses/{response.Id()}/input_items?limit=2");
        Assert.Equal(["Three", "Two"], page.GetProperty("data").EnumerateArray().Select(static item => item.GetProperty("content")[0].GetProperty("text").GetString()));
        Assert.True(page.GetProperty("has_more").GetBoolean());
        var rest = await _server.GetJsonAsync($"/v1/responses/{response.Id()}/input_items?after={page.GetProperty("last_id").GetString()}");
        Assert.Equal("input_text", Assert.Single(rest.GetProperty("data").EnumerateArray()).GetProperty("content")[0].GetProperty("type").GetString());
        Assert.False(rest.GetProperty("has_more").GetBoolean());
    }

    [Fact]
    public async Task One_that_stands_alone_can_be_deleted()
    {
        var alone = await _server.CreateAsync("""{"input":"One"}""");
        var followed = await _server.CreateAsync("""{"input":"Two"}""");
        await _server.CreateAsync($$"""{"input":"Three","previous_response_id":"{{followed.Id()}}"}""");

        var deleted = await Responding.ReadAsync(await _server.Http.DeleteAsync($"/v1/responses/{alone.Id()}"), HttpStatusCode.OK);
        Assert.True(deleted.GetProperty("deleted").GetBoolean());
        await _server.RetrieveAsync(alone.Id(), HttpStatusCode.NotFound);
        await Responding.ReadAsync(await _server.Http.DeleteAsync($"/v1/responses/{followed.Id()}"), HttpStatusCode.BadRequest);
        await _server.RetrieveAsync(followed.Id());
    }

    [Theory]
    [InlineData("""{"input":"Hi","model":"up/m","tools":[{"type":"web_search"}]}""", HttpStatusCode.BadRequest, "tools")]
    [InlineData("""{"input":"Hi","conversation":"c_none"}""", HttpStatusCode.NotFound, "conversation")]
    [InlineData("""{"input":"Hi","temperature":"hot"}""", HttpStatusCode.BadRequest, "temperature")]
    [InlineData("""{"input":"Hi","model":"demo/x"}""", HttpStatusCode.NotFound, "model")]
    public async Task What_is_wrong_is_told_before_anything_happens(string body, HttpStatusCode status, string param)
    {
        var error = (await _server.CreateAsync(body, status)).GetProperty("error");

        Assert.Equal(("invalid_request_error", param), (error.GetProperty("type").GetString(), error.GetProperty("param").GetString()));
        Assert.Empty(_upstream.Requests);
        Assert.Equal(0, _server.JournalledBytes());
    }

    [Fact]
    public async Task A_provider_of_the_same_api_is_given_what_only_it_understands()
    {
        var isAnswered = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await isAnswered.Task; // else it may have ended before we are
            await exchange.WriteAsync(new Testing.Fixtures.UpstreamRecording("responses", "openai-responses-basic-streaming").Body);
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        var response = await server.CreateAsync("""
            {"input":"Hi","model":"replies/m","tools":[{"type":"web_search","search_context_size":"low"},{"type":"function","name":"f","strict":true,"parameters":{"type":"object"}}],
             "tool_choice":{"type":"web_search"},"text":{"verbosity":"low"},"service_tier":"flex","background":true,"metadata":{"a":"b"},"store":true,"instructions":"Be brief."}
            """);

        var asked = (await upstream.ExchangeAsync(0)).Request.Json;
        Assert.Equal("""[{"type":"web_search","search_context_size":"low"},{"type":"function","name":"f","strict":true,"parameters":{"type":"object"}}]""", asked.GetProperty("tools").GetRawText());
        Assert.Equal(("web_search", "low", "flex", false, true), (
            asked.GetProperty("tool_choice").GetProperty("type").GetString(), asked.GetProperty("text").GetProperty("verbosity").GetString(), asked.GetProperty("service_tier").GetString(),
            asked.GetProperty("store").GetBoolean(), asked.GetProperty("stream").GetBoolean()));
        Assert.False(asked.TryGetProperty("background", out _) || asked.TryGetProperty("instructions", out _));
        Assert.Equal("in_progress", response.Status());
        isAnswered.SetResult();
    }

    [Fact]
    public async Task A_failure_is_a_status_where_nothing_was_sent_yet()
    {
        _upstream.Next(static exchange => exchange.RespondAsync(400, """{"error":{"message":"no"}}"""));

        var error = (await _server.CreateAsync("""{"input":"Hi"}""", HttpStatusCode.BadGateway)).GetProperty("error");

        Assert.Equal(("upstream_refused", "server_error"), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
    }
}
