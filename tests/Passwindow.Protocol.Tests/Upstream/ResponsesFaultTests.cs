using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>What servers that speak OpenAI Responses do differently from OpenAI, and what they must not get away with.</summary>
public sealed class ResponsesFaultTests
{
    private const string Completed = """{"type":"response.completed","response":{"status":"completed","output":[]}}""";

    private static Answer Read(params string[] events) =>
        Answer.Read(new OpenAIResponsesUpstreamReader(), string.Concat(events.Select(static json => $"data: {json}\n\n")));

    private static string Call(int index, string item, string call) =>
        $$$"""{"type":"response.output_item.added","output_index":{{{index}}},"item":{"id":"{{{item}}}","type":"function_call","call_id":"{{{call}}}","name":"look","arguments":""}}""";

    private static string Piece(int index, string item, string delta) =>
        $$"""{"type":"response.function_call_arguments.delta","output_index":{{index}},"item_id":"{{item}}","delta":{{JsonSerializer.Serialize(delta)}}}""";

    [Fact]
    public void Parallel_calls_whose_pieces_are_interleaved_stay_apart()
    {
        var answer = Read(Call(0, "a", "c1"), Call(1, "b", "c2"), Piece(1, "b", "{\"n\":"), Piece(0, "a", "{\"n\":1"), Piece(1, "b", "2}"), Piece(0, "a", "}"), Completed);
        Assert.Equal([("c1", "look", "{\"n\":1}"), ("c2", "look", "{\"n\":2}")], answer.Calls);
        Assert.Equal(FinishReason.ToolCalls, answer.Finish);
    }

    [Fact]
    public void An_item_that_has_another_id_in_each_event_is_known_by_its_place()
    {
        var answer = Read(Call(0, "a", "c1"), Piece(0, "other", "{}"), """{"type":"response.output_item.done","output_index":0,"item":{"id":"third","type":"function_call","call_id":"c1","name":"look","arguments":"{}"}}""", Completed);
        Assert.Equal([("c1", "look", "{}")], answer.Calls);
    }

    [Fact]
    public void Two_calls_with_one_call_id_get_two_ids()
    {
        var answer = Read(Call(0, "a", "c"), Piece(0, "a", "{}"), Call(1, "b", "c"), Piece(1, "b", "{}"), Completed);
        Assert.Equal(2, answer.Calls.Select(static call => call.Id).Distinct().Count());
    }

    [Fact]
    public void A_call_that_comes_only_whole_is_a_call()
    {
        var answer = Read("""{"type":"response.output_item.done","output_index":0,"item":{"id":"a","type":"function_call","call_id":"c1","name":"look","arguments":"{\"n\":1}"}}""", Completed);
        Assert.Equal([("c1", "look", "{\"n\":1}")], answer.Calls);
    }

    [Fact]
    public void Text_that_comes_only_whole_is_told_once()
    {
        const string done = """{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hi"}""";
        Assert.Equal("Hi", Read(done, Completed).Text);
        Assert.Equal("Hi", Read("""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"}""", done, Completed).Text);
        Assert.Equal("Hi", Read("""{"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]}}""").Text);
    }

    [Theory]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}}""", FinishReason.Length)]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"content_filter"}}}""", FinishReason.ContentFilter)]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"steered"}}}""", FinishReason.Length)]
    [InlineData("""{"type":"response.incomplete","response":{"status":"incomplete"}}""", FinishReason.Length)]
    public void An_incomplete_answer_is_never_a_stop(string end, FinishReason reason) => Assert.Equal(reason, Read(end).Finish);

    [Theory]
    [InlineData("[DONE]")]
    [InlineData("""{"type":"response.cancelled","response":{"status":"cancelled"}}""")]
    [InlineData("""{"type":"response.completed","response":{"status":"in_progress"}}""")]
    public void What_is_no_end_marker_ends_nothing(string end)
    {
        var answer = Read("""{"type":"response.output_text.delta","delta":"Hi"}""", end);
        Assert.Equal(("Hi", ErrorCode.UpstreamTruncated), (answer.Text, answer.Error?.Code));
        Assert.Null(answer.Finish);
    }

    [Theory]
    [InlineData("""{"type":"error","code":"rate_limit_exceeded","message":"secret"}""", ErrorCode.UpstreamRateLimited)]
    [InlineData("""{"type":"error","error":{"code":"server_error","message":"secret"}}""", ErrorCode.UpstreamUnavailable)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"invalid_prompt","message":"secret"}}}""", ErrorCode.UpstreamRefused)]
    public void An_error_in_any_of_its_forms_is_one(string error, ErrorCode code)
    {
        var failure = Read(error).Error!;
        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain("secret", failure.Message);
        Assert.Contains("secret", failure.Detail);
    }

    [Fact]
    public void The_answer_of_a_server_that_does_not_stream_is_read_whole()
    {
        var answer = Answer.ReadDocument(new OpenAIResponsesUpstreamReader(), """
            {"status":"completed","usage":{"input_tokens":3,"output_tokens":4},"output":[
              {"type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}]},
              {"type":"message","content":[{"type":"output_text","text":"Hi","annotations":[{"type":"url_citation","url":"https://a.example"}]}]},
              {"type":"function_call","call_id":"c","name":"look","arguments":"{}"}]}
            """);
        Assert.Equal(("Hm", "Hi", FinishReason.ToolCalls), (answer.Reasoning, answer.Text, answer.Finish));
        Assert.Equal([("c", "look", "{}")], answer.Calls);
        Assert.Single(answer.Citations);
        Assert.Equal(4, answer.Usage?.OutputTokens);
    }

    [Fact]
    public void Encrypted_thinking_goes_back_whole_and_nobody_elses_does()
    {
        var answer = Read("""{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs","summary":[],"status":"completed","encrypted_content":"xyz"}}""", Completed);
        string kept = Assert.Single(answer.Redacted);
        var request = new ChatRequest(
            "m",
            [
                ChatMessage.Of(ChatRole.System, "Be kind."),
                ChatMessage.Of(ChatRole.User, "Hi"),
                new ChatMessage(ChatRole.Assistant, [new ReasoningPart("", null, kept), new ReasoningPart("", null, "claude"), new TextPart("Hm"), new ToolCallPart("c", "look", "{}")]),
                new ChatMessage(ChatRole.Tool, [new ToolResultPart("c", "look", "no", IsError: true)]),
            ],
            [new ToolDeclaration("look", null, null)]);
        var output = new ArrayBufferWriter<byte>();
        OpenAIResponsesRequestWriter.Write(request, output);

        Assert.Equal(
            """{"model":"m","input":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"},"""
            + """{"type":"reasoning","id":"rs","summary":[],"encrypted_content":"xyz"},{"role":"assistant","content":"Hm"},"""
            + """{"type":"function_call","call_id":"c","name":"look","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"Error: no"}],"tools":["""
            + """{"type":"function","name":"look","parameters":{"type":"object","properties":{}},"strict":false}],"store":false,"stream":true}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
