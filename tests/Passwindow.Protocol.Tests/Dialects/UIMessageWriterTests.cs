using System.Buffers;
using System.Text;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.UIMessages;
using Passwindow.Testing;
using Xunit;
using static Passwindow.Protocol.Tests.Dialects.UIMessageStream;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class UIMessageWriterTests
{
    private const string Done = """{"type":"done","seq":99,"finish_reason":"stop"}""";

    [Fact]
    public void A_turn_is_one_message_named_by_the_turn()
    {
        string[] chunks = Chunks(Write(Writer(),
            Start,
            """{"type":"reasoning","seq":2,"reasoning":"hm"}""",
            """{"type":"reasoning","seq":3,"reasoning":"","signature":"s"}""",
            """{"type":"token","seq":4,"token":"a \"b\"\n"}""",
            """{"type":"token","seq":5,"token":"c"}""",
            """{"type":"usage","seq":6,"input_tokens":3,"duration_ms":5}""",
            """{"type":"done","seq":7,"finish_reason":"length"}"""));

        Check(chunks);
        const string turn = """ "conversation_id":"c_1","turn_id":"t_1","model":"m","created_at":"2026-01-01T00:00:00.000Z" """;
        Assert.Equal(
        [
            $$$"""{"type":"start","messageId":"t_1","messageMetadata":{{{{turn.Trim()}}}}}""",
            """{"type":"start-step"}""",
            """{"type":"reasoning-start","id":"reasoning-2"}""",
            """{"type":"reasoning-delta","id":"reasoning-2","delta":"hm"}""",
            """{"type":"reasoning-end","id":"reasoning-2"}""",
            """{"type":"text-start","id":"text-4"}""",
            """{"type":"text-delta","id":"text-4","delta":"a \"b\"\n"}""",
            """{"type":"text-delta","id":"text-4","delta":"c"}""",
            """{"type":"text-end","id":"text-4"}""",
            """{"type":"finish-step"}""",
            $$$$"""{"type":"finish","messageMetadata":{{{{{turn.Trim()}}}},"finish_reason":"length","usage":{"input_tokens":3,"duration_ms":5}}}""",
            "[DONE]",
        ], chunks);
    }

    [Fact]
    public void What_the_model_says_after_its_tools_answered_is_a_new_step()
    {
        string[] chunks = Chunks(Write(Writer(),
            Start,
            """{"type":"token","seq":2,"token":"Let me see."}""",
            """{"type":"tool_arguments","seq":3,"id":"1","name":"clock","delta":"{\"zone\""}""",
            """{"type":"tool_arguments","seq":4,"id":"1","name":"clock","delta":":\"UTC\"}"}""",
            """{"type":"tool_call","seq":5,"id":"1","name":"clock","arguments":{"zone":"UTC"}}""",
            """{"type":"tool_call","seq":6,"id":"2","name":"fail","arguments":{}}""",
            """{"type":"tool_result","seq":7,"id":"2","name":"fail","error":"No.","duration_ms":1}""",
            """{"type":"tool_result","seq":8,"id":"1","name":"clock","result":{"time":"12:00"},"duration_ms":1}""",
            """{"type":"token","seq":9,"token":"Noon."}""",
            Done));

        Check(chunks);
        Assert.Equal(
        [
            """{"type":"text-end","id":"text-2"}""",
            """{"type":"tool-input-start","toolCallId":"1","toolName":"clock","providerExecuted":true,"dynamic":true}""",
            """{"type":"tool-input-delta","toolCallId":"1","inputTextDelta":"{\"zone\""}""",
            """{"type":"tool-input-delta","toolCallId":"1","inputTextDelta":":\"UTC\"}"}""",
            """{"type":"tool-input-available","toolCallId":"1","toolName":"clock","providerExecuted":true,"dynamic":true,"input":{"zone":"UTC"}}""",
            """{"type":"tool-input-available","toolCallId":"2","toolName":"fail","providerExecuted":true,"dynamic":true,"input":{}}""",
            """{"type":"tool-output-error","toolCallId":"2","providerExecuted":true,"dynamic":true,"errorText":"No."}""",
            """{"type":"tool-output-available","toolCallId":"1","providerExecuted":true,"dynamic":true,"output":{"time":"12:00"}}""",
            """{"type":"finish-step"}""",
            """{"type":"start-step"}""",
            """{"type":"text-start","id":"text-9"}""",
        ], chunks[4..^5]);
    }

    [Fact]
    public void A_call_for_the_client_is_a_part_named_after_its_tool_and_the_turn_ends_for_it()
    {
        string[] chunks = Chunks(Write(Writer(null, null, "place"),
            Start,
            """{"type":"tool_arguments","seq":2,"id":"1","name":"place","delta":"{}"}""",
            """{"type":"tool_call","seq":3,"id":"1","name":"place","arguments":{}}""",
            """{"type":"done","seq":4,"finish_reason":"tool_calls"}"""));

        Check(chunks);
        Assert.Equal("""{"type":"tool-input-start","toolCallId":"1","toolName":"place"}""", chunks[2]);
        Assert.Equal("""{"type":"tool-input-available","toolCallId":"1","toolName":"place","input":{}}""", chunks[4]);
    }

    [Fact]
    public void Only_version_6_and_later_is_asked_for_a_persons_yes()
    {
        string[] events =
        [
            """{"type":"tool_arguments","seq":2,"id":"1","name":"pay","delta":"{}"}""",
            """{"type":"tool_call","seq":3,"id":"1","name":"pay","arguments":{},"approval":"required"}""",
            """{"type":"tool_result","seq":4,"id":"1","name":"pay","result":"ok","duration_ms":1}""",
        ];

        string[] unsaid = Middle(Writer(), events);
        Assert.Equal("""{"type":"tool-input-available","toolCallId":"1","toolName":"pay","providerExecuted":false,"dynamic":true,"input":{}}""", unsaid[3]);
        Assert.Equal("""{"type":"tool-approval-request","approvalId":"1","toolCallId":"1"}""", unsaid[4]);
        Assert.Equal("""{"type":"tool-output-available","toolCallId":"1","providerExecuted":true,"dynamic":true,"output":"ok"}""", unsaid[5]);
        Assert.Equal(unsaid, Middle(Writer(UIMessageOptions.Of(6)), events));

        string[] five = Middle(Writer(UIMessageOptions.Of(5)), events);
        Assert.Equal("""{"type":"tool-input-available","toolCallId":"1","toolName":"pay","providerExecuted":true,"dynamic":true,"input":{}}""", five[3]);
        Assert.DoesNotContain(five, static chunk => chunk.Contains("approval"));
    }

    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content-filter")]
    [InlineData("tool_calls", "tool-calls")]
    [InlineData("tool_limit", "other")]
    [InlineData("postponed", "other")]
    public void A_reason_is_told_in_words_that_version_6_knows_and_only_to_it(string reason, string theirs)
    {
        string done = $$"""{"type":"done","seq":2,"finish_reason":"{{reason}}"}""";

        string plain = Middle(Writer(), done)[0];
        Assert.EndsWith($$$""","finish_reason":"{{{reason}}}"}}""", plain);
        Assert.Equal($$"""{{plain[..^1]}},"finishReason":"{{theirs}}"}""", Middle(Writer(UIMessageOptions.Of(7)), done)[0]);
        Assert.Equal(plain, Middle(Writer(UIMessageOptions.Of(5)), done)[0]);
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("abandoned")]
    public void A_stop_is_an_abort_and_no_finish(string reason)
    {
        string[] chunks = Chunks(Write(Writer(),
            Start,
            """{"type":"token","seq":2,"token":"a"}""",
            """{"type":"usage","seq":3,"duration_ms":5,"model":"other"}""",
            $$"""{"type":"done","seq":4,"finish_reason":"{{reason}}"}"""));

        Check(chunks);
        Assert.Equal("""{"type":"finish-step"}""", chunks[^4]);
        Assert.Contains(""","model":"other",""", chunks[^3]);
        Assert.EndsWith($$$$""","finish_reason":"{{{{reason}}}}","usage":{"duration_ms":5,"model":"other"}}}""", chunks[^3]);
        Assert.Equal("""{"type":"abort"}""", chunks[^2]);
    }

    [Fact]
    public void After_an_error_a_client_hears_nothing_so_all_else_stands_before_it()
    {
        string[] chunks = Chunks(Write(Writer(),
            Start,
            """{"type":"token","seq":2,"token":"a"}""",
            """{"type":"usage","seq":3,"duration_ms":5}""",
            """{"type":"error","seq":4,"code":"upstream_truncated","message":"It broke \"off\".","retryable":true}""",
            """{"type":"done","seq":5,"finish_reason":"error"}"""));

        Check(chunks);
        Assert.StartsWith("""{"type":"message-metadata",""", chunks[^3]);
        Assert.Contains(""","error":{"code":"upstream_truncated","message":"It broke \"off\".","retryable":true}""", chunks[^3]);
        Assert.Equal("""{"type":"error","errorText":"It broke \"off\"."}""", chunks[^2]);
    }

    [Fact]
    public void A_turn_whose_node_died_is_an_error_though_no_event_says_what_happened()
    {
        string[] chunks = Middle(Writer(), """{"type":"done","seq":5,"finish_reason":"interrupted"}""");
        Assert.Equal("""{"type":"error","errorText":"The answer was interrupted."}""", chunks[^2]);
    }

    [Fact]
    public void What_it_has_no_chunk_for_is_data()
    {
        string[] chunks = Middle(Writer(),
            """{"type":"token","seq":2,"token":"a"}""",
            """{"type":"seam","seq":3,"reason":"failover","model":"b"}""",
            """{"type":"token","seq":4,"token":"b"}""",
            """{"type":"hologram","seq":5,"x":[1]}""",
            """{"type":"action","seq":6,"id":"1","action":{"type":"theme","to":"dark"}}""",
            """{"type":"suggested_questions","seq":7,"suggested_questions":["a?"]}""",
            Done);

        Assert.Equal(
        [
            """{"type":"text-end","id":"text-2"}""",
            """{"type":"data-seam","data":{"reason":"failover","model":"b"}}""",
            """{"type":"text-start","id":"text-4"}""",
            """{"type":"text-delta","id":"text-4","delta":"b"}""",
            """{"type":"text-end","id":"text-4"}""",
            """{"type":"data-hologram","data":{"x":[1]}}""",
            """{"type":"data-action","id":"1","data":{"type":"theme","to":"dark"}}""",
            """{"type":"data-suggested-questions","id":"suggested-questions","data":["a?"]}""",
        ], chunks[3..^3]);
    }

    [Fact]
    public void A_source_keeps_what_else_is_known_of_it_and_does_not_cut_the_text()
    {
        string[] chunks = Middle(Writer(),
            """{"type":"token","seq":2,"token":"a"}""",
            """{"type":"citation","seq":3,"citation":{"url":"https://a","title":"A"}}""",
            """{"type":"citation","seq":4,"citation":{"url":"https://b","start_index":3}}""",
            """{"type":"citation","seq":5,"citation":{"file":"a.pdf"}}""",
            """{"type":"token","seq":6,"token":"b"}""",
            Done);

        Assert.Equal(
        [
            """{"type":"source-url","sourceId":"source-3","url":"https://a","title":"A"}""",
            """{"type":"source-url","sourceId":"source-4","url":"https://b","providerMetadata":{"passwindow":{"url":"https://b","start_index":3}}}""",
            """{"type":"data-citation","id":"source-5","data":{"file":"a.pdf"}}""",
            """{"type":"text-delta","id":"text-2","delta":"b"}""",
        ], chunks[3..^4]);
    }

    [Fact]
    public void An_action_whose_arguments_were_told_does_not_stay_open()
    {
        string[] chunks = Middle(Writer(),
            """{"type":"tool_arguments","seq":2,"id":"1","name":"theme","delta":"{}"}""",
            """{"type":"action","seq":3,"id":"1","action":{"type":"theme"}}""",
            """{"type":"action","seq":4,"id":"2","action":{"type":"theme"}}""",
            """{"type":"token","seq":5,"token":"Done."}""",
            Done);

        Assert.Equal(
        [
            """{"type":"tool-input-available","toolCallId":"1","toolName":"theme","providerExecuted":true,"dynamic":true,"input":{"type":"theme"}}""",
            """{"type":"tool-output-available","toolCallId":"1","providerExecuted":true,"dynamic":true,"output":"done"}""",
            """{"type":"data-action","id":"1","data":{"type":"theme"}}""",
            """{"type":"data-action","id":"2","data":{"type":"theme"}}""",
            """{"type":"finish-step"}""",
            """{"type":"start-step"}""",
        ], chunks[3..^6]);
    }

    [Fact]
    public void A_later_call_that_has_the_id_of_one_before_begins_anew()
    {
        string[] chunks = Middle(Writer(),
            """{"type":"tool_arguments","seq":2,"id":"call_0","name":"f","delta":"{}"}""",
            """{"type":"tool_call","seq":3,"id":"call_0","name":"f","arguments":{}}""",
            """{"type":"tool_result","seq":4,"id":"call_0","name":"f","result":1,"duration_ms":0}""",
            """{"type":"tool_arguments","seq":5,"id":"call_0","name":"g","delta":"{}"}""");
        Assert.Equal("""{"type":"tool-input-start","toolCallId":"call_0","toolName":"g","providerExecuted":true,"dynamic":true}""", chunks[^2]);
    }

    [Fact]
    public void A_call_that_was_refused_unheard_is_told_with_its_answer()
    {
        string[] chunks = Middle(Writer(), """{"type":"tool_result","seq":2,"id":"1","name":"f","error":"No.","duration_ms":0}""", Done);
        Assert.Equal("""{"type":"tool-input-available","toolCallId":"1","toolName":"f","providerExecuted":true,"dynamic":true,"input":{}}""", chunks[0]);
        Assert.Equal("""{"type":"tool-output-error","toolCallId":"1","providerExecuted":true,"dynamic":true,"errorText":"No."}""", chunks[1]);
    }

    [Fact]
    public void A_turn_that_continues_another_goes_on_in_its_message_and_repeats_no_result()
    {
        string[] events =
        [
            """{"type":"tool_result","seq":2,"id":"1","name":"place","result":"here","duration_ms":1}""",
            """{"type":"token","seq":3,"token":"You are here."}""",
            Done,
        ];
        string[] alone = Chunks(Write(Writer(null, new TurnId("t_0"), "place"), [Start, .. events]));
        Check(alone);
        Assert.StartsWith("""{"type":"start","messageId":"t_0","messageMetadata":{"conversation_id":"c_1","turn_id":"t_1",""", alone[0]);
        Assert.Equal("""{"type":"start-step"}""", alone[1]);

        string[] together = Chunks(Write(Writer(null, new TurnId("t_0"), "place"),
        [
            Start.Replace("t_1", "t_0"),
            """{"type":"tool_call","seq":2,"id":"1","name":"place","arguments":{}}""",
            Start,
            .. events,
        ]));
        Check(together);
        Assert.Equal("""{"type":"finish-step"}""", together[3]);
        Assert.StartsWith("""{"type":"message-metadata","messageMetadata":{"conversation_id":"c_1","turn_id":"t_1",""", together[4]);
        Assert.Equal("""{"type":"tool-output-available","toolCallId":"1","output":"here"}""", together[5]);
    }

    [Fact]
    public void A_response_that_pauses_for_a_person_and_the_one_that_goes_on_are_both_whole()
    {
        var writer = Writer();
        var first = new ArrayBufferWriter<byte>();
        first.Write(Encoding.UTF8.GetBytes(Write(writer, Start, """{"type":"token","seq":2,"token":"May I?"}""")));
        first.Write(Encoding.UTF8.GetBytes(Write(writer, """{"type":"tool_call","seq":3,"id":"1","name":"pay","arguments":{},"approval":"required"}""")));
        writer.WritePause(first);
        string[] asked = Chunks(Encoding.UTF8.GetString(first.WrittenSpan));
        Check(asked);
        Assert.Contains(""","finish_reason":"tool_calls"}""", asked[^2]);

        var second = new ArrayBufferWriter<byte>();
        writer.WriteOpening(second);
        second.Write(Encoding.UTF8.GetBytes(Write(writer,
            """{"type":"tool_result","seq":4,"id":"1","name":"pay","result":"ok","duration_ms":1}""",
            """{"type":"token","seq":5,"token":"Paid."}""",
            Done)));
        string[] goesOn = Chunks(Encoding.UTF8.GetString(second.WrittenSpan));
        Assert.Equal(asked[0], goesOn[0]);
        Assert.Equal("""{"type":"tool-output-available","toolCallId":"1","providerExecuted":true,"dynamic":true,"output":"ok"}""", goesOn[1]);
        Assert.Equal("""{"type":"start-step"}""", goesOn[2]);
        Assert.StartsWith("""{"type":"finish",""", goesOn[^2]);
    }

    [Fact]
    public void A_token_costs_no_memory_but_its_frame()
    {
        var writer = Writer();
        Write(writer, Start, """{"type":"token","seq":2,"token":"a"}""");
        var token = Commit.Of(Frames.Turn, """{"type":"token","seq":3,"token":"b"}"""u8);
        var output = new ArrayBufferWriter<byte>(1024 * 1024);
        writer.Write(token, output); // what is made once is made now

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            writer.Write(token, output);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_notice_ends_what_is_open_for_this_viewer_alone()
    {
        var writer = Writer();
        Write(writer, Start, """{"type":"token","seq":2,"token":"a"}""");
        var output = new ArrayBufferWriter<byte>();
        writer.WriteNotice(new ViewerNotice(ErrorCode.ShuttingDown, "Come back.", Retryable: true, EndsTurn: false), output);
        Assert.Equal(
            ["""{"type":"text-end","id":"text-2"}""", """{"type":"finish-step"}""", """{"type":"error","errorText":"Come back."}""", "[DONE]"],
            Chunks(Encoding.UTF8.GetString(output.WrittenSpan)));
        Assert.Equal(["""{"type":"text-delta","id":"text-2","delta":"b"}"""], Chunks(Write(writer, """{"type":"token","seq":3,"token":"b"}""")));
    }
}
