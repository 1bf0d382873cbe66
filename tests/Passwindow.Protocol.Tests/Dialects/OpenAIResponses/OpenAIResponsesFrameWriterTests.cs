using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Xunit;
using static Passwindow.Protocol.Tests.Dialects.OpenAIResponses.ResponseEvents;

namespace Passwindow.Protocol.Tests.Dialects.OpenAIResponses;

public sealed class OpenAIResponsesFrameWriterTests
{
    private static readonly FrameContext Tools = new() { IsClientTool = static name => name is "f" or "g" };

    [Fact]
    public void A_message_is_added_grows_is_done_and_stands_whole_in_the_end()
    {
        var events = Of(FrameContext.None, Start, Token("Hel \"lo\" \\\n"), Token("ü😀"), Counts, Done("stop"));

        Assert.Equal("created in_progress output_item.added content_part.added output_text.delta* output_text.done content_part.done output_item.done completed", events.Shape());
        var delta = events[4];
        Assert.Equal(("msg_t_1_0", 0, 0, "Hel \"lo\" \\\n", 0), (
            delta.GetProperty("item_id").GetString(), delta.GetProperty("output_index").GetInt32(), delta.GetProperty("content_index").GetInt32(),
            delta.GetProperty("delta").GetString(), delta.GetProperty("logprobs").GetArrayLength()));
        var response = events.Response();
        Assert.Equal(("resp_t_1", "response", "completed", "up/m", 1767225600, 1767225602), (
            response.GetProperty("id").GetString(), response.GetProperty("object").GetString(), response.GetProperty("status").GetString(),
            response.GetProperty("model").GetString(), response.GetProperty("created_at").GetInt64(), response.GetProperty("completed_at").GetInt64()));
        Assert.Equal("Hel \"lo\" \\\nü😀", response.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("completed", response.GetProperty("output")[0].GetProperty("status").GetString());
        Assert.Equal("""{"input_tokens":3,"input_tokens_details":{"cached_tokens":1},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":8}""", response.GetProperty("usage").GetRawText());
    }

    [Fact]
    public void A_refusal_after_text_is_another_part_of_the_same_message()
    {
        var events = Of(FrameContext.None, Start, Token("Well. "), """{"type":"token","token":"No.","refusal":true}""", Done("stop"));

        Assert.Contains("output_text.done content_part.done content_part.added refusal.delta refusal.done content_part.done output_item.done", events.Shape());
        var content = events.Response().GetProperty("output")[0].GetProperty("content");
        Assert.Equal(("Well. ", "No."), (content[0].GetProperty("text").GetString(), content[1].GetProperty("refusal").GetString()));
    }

    [Fact]
    public void Thinking_is_a_summary_and_ends_with_what_its_provider_wants_back()
    {
        string[] turn = [Start, """{"type":"reasoning","reasoning":"hm"}""", """{"type":"reasoning","reasoning":"","signature":"s"}""", Token("Yes."), Done("stop")];
        var events = Of(FrameContext.None, turn);

        Assert.StartsWith("created in_progress output_item.added reasoning_summary_part.added reasoning_summary_text.delta reasoning_summary_text.done reasoning_summary_part.done output_item.done output_item.added", events.Shape());
        var item = events.Response().GetProperty("output")[0];
        Assert.Equal("hm", item.GetProperty("summary")[0].GetProperty("text").GetString());
        Assert.False(item.TryGetProperty("encrypted_content", out _));

        var asked = FrameContext.None with { Metadata = JsonElement.Parse("""{"openai_responses":{"include":["reasoning.encrypted_content"]}}""") };
        string content = Of(asked, turn).Response().GetProperty("output")[0].GetProperty("encrypted_content").GetString()!;
        Assert.Equal(("hm", "s", (string?)null), EncryptedReasoning.Unpack(content, "hm") is { } part ? (part.Text, part.Signature, part.Redacted) : default);
    }

    [Fact]
    public void Calls_that_are_written_in_turns_grow_side_by_side()
    {
        var events = Of(
            Tools, Start, Token("Let me see."), Arguments("1", "f", "{\"a\":"), Arguments("2", "g", "{"), Arguments("1", "f", "1}"), Arguments("2", "g", "}"),
            """{"type":"tool_call","id":"1","name":"f","arguments":{"a":1}}""", """{"type":"tool_call","id":"2","name":"g","arguments":{}}""", Done("tool_calls"));

        Assert.EndsWith("function_call_arguments.done output_item.done function_call_arguments.done output_item.done completed", events.Shape());
        var output = events.Response().GetProperty("output");
        Assert.Equal(
            [("fc_t_1_1", "1", "f", "{\"a\":1}", "completed"), ("fc_t_1_2", "2", "g", "{}", "completed")],
            output.EnumerateArray().Skip(1).Select(static call => (call.GetProperty("id").GetString()!, call.GetProperty("call_id").GetString()!, call.GetProperty("name").GetString()!, call.GetProperty("arguments").GetString()!, call.GetProperty("status").GetString()!)));
        Assert.All(events.Where(static each => Type(each).StartsWith("response.function_call", StringComparison.Ordinal)), static each => Assert.False(each.TryGetProperty("content_index", out _)));
    }

    [Fact]
    public void A_call_that_came_whole_has_one_piece()
    {
        var events = Of(Tools, Start, """{"type":"tool_call","id":"1","name":"f","arguments":{"a":"\"\n"}}""", Done("tool_calls"));

        Assert.Equal("created in_progress output_item.added function_call_arguments.delta function_call_arguments.done output_item.done completed", events.Shape());
        Assert.Equal("""{"a":"\"\n"}""", events[3].GetProperty("delta").GetString());
        Assert.Equal("""{"a":"\"\n"}""", events[4].GetProperty("arguments").GetString());
    }

    [Fact]
    public void Arguments_that_are_no_json_reach_the_client_as_they_are() =>
        Assert.Equal("{\"a\":", Of(Tools, Start, Arguments("1", "f", "{\"a\":"), Done("tool_calls")).Response().GetProperty("output")[0].GetProperty("arguments").GetString());

    [Theory, InlineData("length", "incomplete", "incomplete"), InlineData("stopped", "incomplete", "cancelled"), InlineData("interrupted", "failed", "failed")]
    public void A_call_that_was_cut_is_never_done(string reason, string last, string status)
    {
        var events = Of(Tools, Start, Arguments("1", "f", "{\"a\":"), Done(reason));

        Assert.Equal($"created in_progress output_item.added function_call_arguments.delta {last}", events.Shape());
        Assert.Equal((status, "incomplete"), (events.Response().GetProperty("status").GetString(), events.Response().GetProperty("output")[0].GetProperty("status").GetString()));
    }

    [Fact]
    public void Calls_of_the_servers_own_tools_are_not_shown()
    {
        var events = Of(
            Tools, Start, Token("a"), Arguments("1", "own", "{}"), """{"type":"tool_call","id":"1","name":"own","arguments":{}}""",
            """{"type":"tool_result","id":"1","name":"own","result":1,"duration_ms":1}""", """{"type":"action","id":"2","action":{"type":"x"}}""", Token("b"), Done("stop"));

        Assert.Equal("ab", Assert.Single(events.Response().GetProperty("output").EnumerateArray()).GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Sources_stand_at_the_text_that_is_open_or_comes_next()
    {
        const string source = """{"type":"citation","citation":{"url":"https://a","title":"A","type":"web","start_index":2,"end_index":4}}""";
        var events = Of(FrameContext.None, Start, source, Token("ab"), source.Replace("https://a", "https://b", StringComparison.Ordinal), Done("stop"));

        Assert.Equal("created in_progress output_item.added content_part.added output_text.annotation.added output_text.delta output_text.annotation.added output_text.done content_part.done output_item.done completed", events.Shape());
        Assert.Equal([0, 1], events.Where(static each => Type(each).EndsWith("annotation.added", StringComparison.Ordinal)).Select(static each => each.GetProperty("annotation_index").GetInt32()));
        Assert.Equal(
            ["""{"type":"url_citation","url":"https://a","title":"A","start_index":2,"end_index":4}""", """{"type":"url_citation","url":"https://b","title":"A","start_index":2,"end_index":4}"""],
            events.Response().GetProperty("output")[0].GetProperty("content")[0].GetProperty("annotations").EnumerateArray().Select(static each => each.GetRawText()));
    }

    public static TheoryData<string, string, string?, string?> Ends => new()
    {
        { "stop", "completed", null, null },
        { "tool_calls", "completed", null, null },
        { "length", "incomplete", "max_output_tokens", null },
        { "tool_limit", "incomplete", "max_output_tokens", null },
        { "content_filter", "incomplete", "content_filter", null },
        { "stopped", "cancelled", null, null },
        { "abandoned", "cancelled", null, null },
        { "interrupted", "failed", null, "server_error" },
        { "error", "failed", null, "rate_limit_exceeded" },
        { "a word of a later version", "failed", null, "server_error" },
    };

    [Theory, MemberData(nameof(Ends))]
    public void Every_end_says_how(string reason, string status, string? incomplete, string? code)
    {
        string[] error = reason == "error" ? ["""{"type":"error","code":"upstream_rate_limited","message":"Slow down.","retryable":true}"""] : [];
        var response = Of(FrameContext.None, [Start, Token("a"), .. error, Counts, Done(reason)]).Response();

        Assert.Equal(status, response.GetProperty("status").GetString());
        Assert.Equal(incomplete, Member(response, "incomplete_details", "reason"));
        Assert.Equal(code, Member(response, "error", "code"));
        Assert.Equal(status == "completed" ? JsonValueKind.Number : JsonValueKind.Null, response.GetProperty("completed_at").ValueKind);
        Assert.Equal(status == "completed" ? "completed" : "incomplete", response.GetProperty("output")[0].GetProperty("status").GetString());
    }

    [Fact]
    public void Cut_behind_any_number_the_rest_is_the_rest()
    {
        string[] turn =
        [
            Start, """{"type":"reasoning","reasoning":"hm","signature":"s"}""", Token("a"), Token("b"), Arguments("1", "f", "{}"), """{"type":"tool_call","id":"1","name":"f","arguments":{}}""", Counts, Done("tool_calls"),
        ];
        byte[] whole = Bytes(Tools, -1, turn);
        int count = Of(Tools, turn).Count;

        Assert.Equal(20, count);
        for (int after = -1; after < count; after++)
        {
            string rest = Encoding.UTF8.GetString(Bytes(Tools, after, turn));
            Assert.EndsWith(rest, Encoding.UTF8.GetString(whole));
            Assert.Equal(count - after - 1, rest.Split("\n\n").Length - 1);
        }
    }

    [Fact]
    public void The_response_says_again_what_was_asked()
    {
        var context = Tools with
        {
            Metadata = ResponseEcho.Keep(JsonElement.Parse("""{"instructions":"Be brief.","temperature":0.5,"metadata":{"a":"b"},"stream":true,"input":"long","top_p":null,"store":false}""")),
            Tools = JsonElement.Parse("""[{"name":"f","description":"d","parameters":{"type":"object"}}]"""),
        };
        var response = Of(context, Start, Done("stop")).Response();

        Assert.Equal(("Be brief.", 0.5, "b", false), (
            response.GetProperty("instructions").GetString(), response.GetProperty("temperature").GetDouble(), response.GetProperty("metadata").GetProperty("a").GetString(), response.GetProperty("store").GetBoolean()));
        Assert.False(response.TryGetProperty("input", out _));
        Assert.Equal("""[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":false}]""", response.GetProperty("tools").GetRawText());
    }

    [Theory]
    [InlineData("""{"input_tokens":3,"input_tokens_details":{"cached_tokens":1,"cache_write_tokens":2},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":8,"cost":1}""", true)]
    [InlineData("""{"input_tokens":3,"output_tokens":5,"cache_read_input_tokens":1}""", false)]
    [InlineData("""{"input_tokens":3,"input_tokens_details":null,"output_tokens":5,"output_tokens_details":{},"total_tokens":8}""", false)]
    public void Usage_that_was_counted_in_the_words_of_the_api_is_told_in_them(string own, bool isTold)
    {
        var response = Of(FrameContext.None, Start, Counts.Replace("}", $",\"upstream\":{own}}}", StringComparison.Ordinal), Done("stop")).Response();

        Assert.Equal(isTold, response.GetProperty("usage").GetRawText() == own);
        Assert.Equal(8, response.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public void A_notice_is_an_error_with_the_next_number()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new OpenAIResponsesFrameWriter(FrameContext.None);
        writer.Write(Commits([Start]).Single(), output);
        output.ResetWrittenCount();
        writer.WriteNotice(new ViewerNotice(ErrorCode.ShuttingDown, "Come back.", Retryable: true, EndsTurn: false), output);

        Assert.Equal("event: error\ndata: {\"type\":\"error\",\"sequence_number\":2,\"code\":\"shutting_down\",\"message\":\"Come back.\",\"param\":null}\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static string Arguments(string id, string name, string delta) => $$"""{"type":"tool_arguments","id":"{{id}}","name":"{{name}}","delta":{{JsonSerializer.Serialize(delta)}}}""";

    private static string? Member(JsonElement response, string field, string member) =>
        response.GetProperty(field) is { ValueKind: JsonValueKind.Object } value ? value.GetProperty(member).GetString() : null;
}
