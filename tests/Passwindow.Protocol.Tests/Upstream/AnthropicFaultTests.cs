using Passwindow.Protocol.Dialects.Anthropic;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>What goes wrong in an Anthropic Messages stream, and how it ends.</summary>
public sealed class AnthropicFaultTests
{
    private const string Begin = """
        data: {"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":20,"cache_creation_input_tokens":100,"output_tokens":1}}}

        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}


        """;

    private const string Finish = """
        data: {"type":"content_block_stop","index":0}

        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}


        """;

    private const string Stop = "data: {\"type\":\"message_stop\"}\n\n";

    [Fact]
    public void Usage_counts_the_prompt_with_its_cached_parts_and_keeps_what_a_later_report_leaves_out()
    {
        var answer = Read(Begin + Finish + Stop);
        Assert.Equal(new Usage { InputTokens = 123, OutputTokens = 5, CachedTokens = 20 }, answer.Usage);
        Assert.Equal(FinishReason.Stop, answer.Finish);
    }

    [Theory]
    [InlineData(Begin)]
    [InlineData(Begin + Finish)]
    [InlineData("")]
    public void Without_message_stop_the_answer_broke_off_whatever_came_before(string stream)
    {
        var answer = Read(stream);
        Assert.Equal(ErrorCode.UpstreamTruncated, answer.Error?.Code);
        Assert.Null(answer.Finish);
    }

    [Theory]
    [InlineData(Stop + Stop)]
    [InlineData(Stop + Begin)]
    [InlineData(Stop + "data: {broken\n\n")]
    public void What_comes_after_message_stop_is_not_read(string end)
    {
        var answer = Read(Begin + Finish + end);
        Assert.Null(answer.Error);
        Assert.Equal("Hello", answer.Text);
    }

    [Theory]
    [InlineData("end_turn", FinishReason.Stop)]
    [InlineData("stop_sequence", FinishReason.Stop)]
    [InlineData("pause_turn", FinishReason.Stop)]
    [InlineData("something_new", FinishReason.Stop)]
    [InlineData("max_tokens", FinishReason.Length)]
    [InlineData("model_context_window_exceeded", FinishReason.Length)]
    [InlineData("refusal", FinishReason.ContentFilter)]
    public void A_stop_reason_has_its_finish_reason(string word, FinishReason expected) =>
        Assert.Equal(expected, Read(Begin + Finish.Replace("end_turn", word) + Stop).Finish);

    [Theory]
    [InlineData("overloaded_error", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("api_error", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("timeout_error", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("rate_limit_error", ErrorCode.UpstreamRateLimited, true)]
    [InlineData("invalid_request_error", ErrorCode.UpstreamRefused, false)]
    [InlineData("authentication_error", ErrorCode.UpstreamRefused, false)]
    [InlineData("permission_error", ErrorCode.UpstreamRefused, false)]
    [InlineData("request_too_large", ErrorCode.UpstreamRefused, false)]
    public void An_error_event_is_told_by_its_type(string type, ErrorCode code, bool retryable)
    {
        var answer = Read(Begin + $$$"""event: error{{{"\n"}}}data: {"type":"error","error":{"type":"{{{type}}}","message":"secret"}}{{{"\n\n"}}}""" + Finish + Stop);
        Assert.Equal((code, retryable), (answer.Error!.Code, answer.Error.IsRetryable));
        Assert.DoesNotContain("secret", answer.Error.Message, StringComparison.Ordinal);
        Assert.Contains("secret", answer.Error.Detail, StringComparison.Ordinal);
        Assert.Null(answer.Finish);
    }

    [Theory]
    [InlineData("""{"type":"content_block_delta","index":7,"delta":{"type":"text_delta","text":"x"}}""")]
    [InlineData("""{"type":"content_block_delta","delta":{"type":"text_delta","text":"x"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0}""")]
    [InlineData("""{"type":"content_block_start","index":1}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"index":0,"delta":{}}""")]
    [InlineData("{")]
    [InlineData("<html>")]
    [InlineData("[]")]
    public void What_the_API_does_not_know_is_malformed(string data) =>
        Assert.Equal(ErrorCode.UpstreamMalformed, Read($"{Begin}data: {data}\n\n{Finish}{Stop}").Error?.Code);

    [Fact]
    public void Nesting_of_a_hundred_thousand_is_malformed() =>
        Assert.Equal(ErrorCode.UpstreamMalformed, Read($"data: {{\"type\":\"ping\",\"x\":{new string('[', 100_000)}{new string(']', 100_000)}}}\n\n").Error?.Code);

    [Theory]
    [InlineData("""{"type":"something_new","index":{}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"something_new","text":"x"}}""")]
    [InlineData("""{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"x"}}""")]
    [InlineData("""{"type":"message_delta","delta":null,"usage":null}""")]
    [InlineData("""{}""")]
    public void What_nobody_knows_yet_is_skipped(string data)
    {
        var answer = Read($"{Begin}data: {data}\n\n{Finish}{Stop}");
        Assert.Null(answer.Error);
        Assert.Equal(("Hello", ""), (answer.Text, answer.Reasoning));
    }

    [Fact]
    public void Thinking_carries_its_signature_and_redacted_thinking_is_kept()
    {
        var answer = Read("""
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm\ud83d"}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\ude00"}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}

            data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"enc"}}


            """ + Stop);
        Assert.Equal("hm😀", answer.Reasoning);
        Assert.Equal("sig", Assert.Single(answer.Signatures));
        Assert.Equal("enc", Assert.Single(answer.Redacted));
    }

    [Fact]
    public void A_ping_is_a_heartbeat_and_no_word() =>
        Assert.Equal(1, Read("event: ping\ndata: {\"type\": \"ping\"}\n\n").Heartbeats);

    [Fact]
    public void Blocks_that_are_written_at_once_do_not_melt_and_the_providers_own_calls_are_not_ours()
    {
        var answer = Read("""
            data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}

            data: {"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}}

            data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"a","name":"g","input":{"z":3}}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":""}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"x\":"}}

            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"query\":1}"}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"1}"}}

            data: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}


            """ + Stop);
        Assert.Equal(["""f {"x":1}""", """g {"z":3}"""], answer.Calls.Select(call => $"{call.Name} {call.Arguments}"));
        Assert.Equal("a", answer.Calls[0].Id);
        Assert.NotEqual("a", answer.Calls[1].Id);
        Assert.Equal("""{"x":1}""", Assert.Single(answer.Pieces).Value);
        Assert.Equal(FinishReason.ToolCalls, answer.Finish);
    }

    [Fact]
    public void A_call_that_a_limit_cut_is_told_but_not_asked_for()
    {
        var answer = Read("""
            data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"a","name":"f","input":{}}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"x\":"}}

            data: {"type":"message_delta","delta":{"stop_reason":"max_tokens"}}


            """ + Stop);
        Assert.Empty(answer.Calls);
        Assert.Equal("{\"x\":", answer.Pieces["a"]);
        Assert.Equal(FinishReason.Length, answer.Finish);
    }

    private static Answer Read(string stream) => Answer.Read(new AnthropicUpstreamReader(), stream);
}
