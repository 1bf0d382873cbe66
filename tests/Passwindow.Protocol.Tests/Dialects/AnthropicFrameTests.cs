using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class AnthropicFrameTests
{
    private const string Start = """{"type":"start","seq":1,"conversation_id":"c_1","turn_id":"t_1","model":"up/m","created_at":"2026-01-01T00:00:00.000Z"}""";

    private static readonly FrameContext Context = new() { IsClientTool = static name => name is "mine" or "also_mine" };

    [Fact]
    public void Thinking_text_and_a_call_are_blocks_one_after_the_other_and_every_frame_is_named()
    {
        var frames = Frames(
            Start,
            """{"type":"reasoning","seq":2,"reasoning":"hm"}""",
            """{"type":"reasoning","seq":3,"reasoning":"","signature":"sig"}""",
            """{"type":"reasoning","seq":4,"reasoning":"","redacted":"xxx"}""",
            """{"type":"token","seq":5,"token":"Hé\n"}""",
            """{"type":"tool_arguments","seq":6,"id":"a","name":"mine","delta":"{\"x\": 1}"}""",
            """{"type":"tool_call","seq":7,"id":"a","name":"mine","arguments":{"x":1}}""",
            """{"type":"usage","seq":8,"input_tokens":7,"output_tokens":5,"reasoning_tokens":2,"cached_tokens":3,"duration_ms":1}""",
            """{"type":"done","seq":9,"finish_reason":"tool_calls","upstream_reason":"tool_use"}""");

        Assert.All(frames, frame => Assert.Equal(JsonElement.Parse(frame.Data).GetProperty("type").GetString(), frame.Type));
        Assert.Equal(
        [
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"xxx"}}""",
            """{"type":"content_block_stop","index":1}""",
            """{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Hé\n"}}""",
            """{"type":"content_block_stop","index":2}""",
            """{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"a","name":"mine","input":{}}}""",
            """{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"x\": 1}"}}""",
            """{"type":"content_block_stop","index":3}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":4,"cache_read_input_tokens":3,"output_tokens":5,"output_tokens_details":{"thinking_tokens":2}}}""",
            """{"type":"message_stop"}""",
        ], frames[1..].Select(static frame => frame.Data));
        var message = JsonElement.Parse(frames[0].Data).GetProperty("message");
        Assert.Equal(("msg_t_1", "message", "assistant", "up/m"), (Text(message, "id"), Text(message, "type"), Text(message, "role"), Text(message, "model")));
    }

    [Fact]
    public void Calls_that_are_written_at_the_same_time_lose_no_piece_and_every_block_is_closed_once()
    {
        var frames = Frames(
            Start,
            """{"type":"tool_arguments","seq":2,"id":"a","name":"mine","delta":"{\"x\""}""",
            """{"type":"tool_arguments","seq":3,"id":"b","name":"also_mine","delta":"{}"}""",
            """{"type":"tool_arguments","seq":4,"id":"a","name":"mine","delta":":\"}\"}"}""",
            """{"type":"token","seq":5,"token":"a"}""",
            """{"type":"tool_call","seq":6,"id":"a","name":"mine","arguments":{"x":"}"}}""",
            """{"type":"tool_call","seq":7,"id":"b","name":"also_mine","arguments":{}}""",
            """{"type":"tool_call","seq":8,"id":"c","name":"mine","arguments":{}}""",
            """{"type":"done","seq":9,"finish_reason":"tool_calls"}""").Select(static frame => JsonElement.Parse(frame.Data)).ToList();

        string written(int index) => string.Concat(frames.Where(frame => Text(frame, "type") == "content_block_delta" && frame.GetProperty("index").GetInt32() == index).Select(static frame => Text(frame.GetProperty("delta"), "partial_json")));
        Assert.Equal(["{\"x\":\"}\"}", "{}", "", "{}"], Enumerable.Range(0, 4).Select(written));
        Assert.Equal([0, 1, 2, 3], frames.Where(static frame => Text(frame, "type") == "content_block_start").Select(static frame => frame.GetProperty("index").GetInt32()));
        Assert.Equal([0, 1, 2, 3], frames.Where(static frame => Text(frame, "type") == "content_block_stop").Select(static frame => frame.GetProperty("index").GetInt32()).Order());
    }

    [Fact]
    public void Calls_of_the_servers_own_tools_are_not_shown_to_a_client_that_would_run_them() =>
        Assert.Equal(["message_start", "message_delta", "message_stop"], Frames(
            Start,
            """{"type":"tool_arguments","seq":2,"id":"a","name":"servers","delta":"{}"}""",
            """{"type":"tool_call","seq":3,"id":"a","name":"servers","arguments":{}}""",
            """{"type":"done","seq":4,"finish_reason":"stop"}""").Select(static frame => frame.Type));

    [Theory]
    [InlineData("""{"finish_reason":"stop"}""", "end_turn")]
    [InlineData("""{"finish_reason":"stop","upstream_reason":"stop_sequence","stop_sequence":"###"}""", "stop_sequence")]
    [InlineData("""{"finish_reason":"stop","upstream_reason":"pause_turn"}""", "pause_turn")]
    [InlineData("""{"finish_reason":"stop","upstream_reason":"eos"}""", "end_turn")]
    [InlineData("""{"finish_reason":"length"}""", "max_tokens")]
    [InlineData("""{"finish_reason":"length","upstream_reason":"model_context_window_exceeded"}""", "model_context_window_exceeded")]
    [InlineData("""{"finish_reason":"length","upstream_reason":"end_turn"}""", "max_tokens")]
    [InlineData("""{"finish_reason":"content_filter"}""", "refusal")]
    [InlineData("""{"finish_reason":"tool_calls"}""", "tool_use")]
    [InlineData("""{"finish_reason":"tool_limit"}""", "pause_turn")]
    [InlineData("""{"finish_reason":"stopped"}""", null)]
    [InlineData("""{"finish_reason":"abandoned"}""", null)]
    [InlineData("""{"finish_reason":"interrupted"}""", null)]
    public void An_end_that_is_not_the_models_own_is_an_error_and_no_message_stop(string fields, string? word)
    {
        var frames = Frames(Start, """{"type":"token","seq":2,"token":"a"}""", """{"type":"done","seq":3,""" + fields[1..]);

        var end = JsonElement.Parse(frames[^(word is null ? 1 : 2)].Data);
        Assert.Equal(word is null ? "error" : "message_stop", frames[^1].Type);
        if (word is null)
            Assert.Equal(JsonElement.Parse(fields).GetProperty("finish_reason").GetString(), Text(end.GetProperty("error"), "code"));
        else
            Assert.Equal((word, Text(JsonElement.Parse(fields), "stop_sequence")), (Text(end.GetProperty("delta"), "stop_reason"), Text(end.GetProperty("delta"), "stop_sequence")));
    }

    [Fact]
    public void Anthropics_own_counts_are_copied_and_those_of_another_api_are_not()
    {
        string usage(string upstream) => JsonElement.Parse(Frames(
            Start, """{"type":"usage","seq":2,"input_tokens":9,"output_tokens":5,"duration_ms":1,"upstream":""" + upstream + "}", """{"type":"done","seq":3,"finish_reason":"stop"}""")[1].Data).GetProperty("usage").GetRawText();

        Assert.Equal("""{"input_tokens":1,"cache_creation_input_tokens":8,"output_tokens":5}""", usage("""{"input_tokens":1,"cache_creation_input_tokens":8,"output_tokens":5}"""));
        Assert.Equal("""{"input_tokens":9,"output_tokens":5}""", usage("""{"input_tokens":9,"output_tokens":5,"total_tokens":14}"""));
        Assert.Equal("""{"input_tokens":9,"output_tokens":5}""", usage("""{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}"""));
    }

    [Fact]
    public void A_source_of_another_provider_takes_the_one_form_that_has_an_address()
    {
        string citation(string json) => JsonElement.Parse(Frames(Start, """{"type":"citation","seq":2,"citation":""" + json + "}")[2].Data).GetProperty("delta").GetProperty("citation").GetRawText();

        Assert.Equal("""{"type":"web_search_result_location","url":"https://a","title":"A","cited_text":"","encrypted_index":""}""", citation("""{"url":"https://a","title":"A","type":"url_citation","start_index":1}"""));
        Assert.Equal("""{"document_title":"D","type":"char_location","cited_text":"x"}""", citation("""{"title":"D","type":"char_location","cited_text":"x"}"""));
    }

    [Fact]
    public void A_failure_is_said_in_anthropics_words_and_nothing_follows()
    {
        var frames = Frames(Start, """{"type":"error","seq":2,"code":"upstream_timeout","message":"Slow.","retryable":true}""", """{"type":"done","seq":3,"finish_reason":"error"}""");

        Assert.Equal(2, frames.Count);
        Assert.Equal("""{"type":"error","error":{"type":"timeout_error","message":"Slow.","code":"upstream_timeout"}}""", frames[1].Data);
    }

    [Fact]
    public void Silence_is_filled_with_the_event_that_its_clients_skip()
    {
        var output = new ArrayBufferWriter<byte>();
        Dialect.Anthropic.CreateWriter(FrameContext.None).WriteHeartbeat(output);
        Assert.Equal(new StreamEvent("ping", """{"type":"ping"}"""), Assert.Single(EventStreamParser.Parse(output.WrittenSpan)));
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static List<StreamEvent> Frames(params string[] events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new AnthropicFrameWriter(Context);
        foreach (string json in events)
            writer.Write(Commit.Of(new TurnId("t_1"), Encoding.UTF8.GetBytes(json)), output);
        return [.. EventStreamParser.Parse(output.WrittenSpan)];
    }
}
