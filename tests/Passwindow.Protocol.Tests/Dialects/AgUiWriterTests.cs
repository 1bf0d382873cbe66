using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Testing.Dialects;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class AgUiWriterTests(ITestOutputHelper log)
{
    private const string Start = """{"type":"start","seq":1,"conversation_id":"c_1","turn_id":"t_1","model":"up/m","created_at":"2026-01-01T00:00:00.000Z"}""";

    [Fact]
    public void A_turn_is_a_run_whose_parts_are_opened_and_closed_in_order()
    {
        string[] said = Say(
            FrameContext.None,
            Start,
            """{"type":"reasoning","seq":2,"reasoning":"hm"}""",
            """{"type":"token","seq":3,"token":"Let me\nsee"}""",
            """{"type":"tool_arguments","seq":4,"id":"a","name":"look","delta":"{\"q\":"}""",
            """{"type":"tool_arguments","seq":5,"id":"b","name":"look","delta":""}""",
            """{"type":"tool_arguments","seq":6,"id":"a","name":"look","delta":"1}"}""",
            """{"type":"tool_call","seq":7,"id":"a","name":"look","arguments":{"q":1}}""",
            """{"type":"tool_call","seq":8,"id":"b","name":"look","arguments":{"s":"\"\n"}}""",
            """{"type":"tool_result","seq":9,"id":"b","name":"look","error":"no","duration_ms":1}""",
            """{"type":"tool_result","seq":10,"id":"a","name":"look","result":{"n":2},"duration_ms":1}""",
            """{"type":"token","seq":11,"token":"Two."}""",
            """{"type":"citation","seq":12,"citation":{"url":"https://a"}}""",
            """{"type":"usage","seq":13,"input_tokens":3,"output_tokens":4,"cached_tokens":1,"first_token_ms":5,"duration_ms":6}""",
            """{"type":"done","seq":14,"finish_reason":"stop"}""");

        Assert.Equal(
            [
                """{"type":"RUN_STARTED","threadId":"c_1","runId":"t_1","protocolVersion":"1.0","metadata":{"conversation_id":"c_1","turn_id":"t_1"}}""",
                """{"type":"REASONING_START","messageId":"t_1-2"}""",
                """{"type":"REASONING_MESSAGE_START","messageId":"t_1-2","role":"reasoning"}""",
                """{"type":"REASONING_MESSAGE_CONTENT","messageId":"t_1-2","delta":"hm"}""",
                """{"type":"REASONING_MESSAGE_END","messageId":"t_1-2"}""",
                """{"type":"REASONING_END","messageId":"t_1-2"}""",
                """{"type":"TEXT_MESSAGE_START","messageId":"t_1-3","role":"assistant"}""",
                """{"type":"TEXT_MESSAGE_CONTENT","messageId":"t_1-3","delta":"Let me\nsee"}""",
                """{"type":"TEXT_MESSAGE_END","messageId":"t_1-3"}""",
                """{"type":"TOOL_CALL_START","toolCallId":"a","toolCallName":"look","parentMessageId":"t_1-3"}""",
                """{"type":"TOOL_CALL_ARGS","toolCallId":"a","delta":"{\"q\":"}""",
                """{"type":"TOOL_CALL_START","toolCallId":"b","toolCallName":"look","parentMessageId":"t_1-3"}""",
                """{"type":"TOOL_CALL_ARGS","toolCallId":"a","delta":"1}"}""",
                """{"type":"TOOL_CALL_END","toolCallId":"a"}""",
                """{"type":"TOOL_CALL_ARGS","toolCallId":"b","delta":"{\"s\":\"\\\"\\n\"}"}""",
                """{"type":"TOOL_CALL_END","toolCallId":"b"}""",
                """{"type":"TOOL_CALL_RESULT","messageId":"t_1-9","toolCallId":"b","role":"tool","content":"no","metadata":{"is_error":true}}""",
                """{"type":"TOOL_CALL_RESULT","messageId":"t_1-10","toolCallId":"a","role":"tool","content":"{\"n\":2}"}""",
                """{"type":"TEXT_MESSAGE_START","messageId":"t_1-11","role":"assistant"}""",
                """{"type":"TEXT_MESSAGE_CONTENT","messageId":"t_1-11","delta":"Two."}""",
                """{"type":"CUSTOM","name":"citation","value":{"url":"https://a"}}""",
                """{"type":"TEXT_MESSAGE_END","messageId":"t_1-11"}""",
                """{"type":"RUN_FINISHED","threadId":"c_1","runId":"t_1","outcome":{"type":"success"},"usage":[{"provider":"up","model":"m","inputTokens":3,"outputTokens":4,"totalTokens":7,"cachedInputTokens":1}],"metadata":{"finish_reason":"stop","first_token_ms":5,"duration_ms":6}}""",
            ],
            said);
    }

    [Fact]
    public void Calls_of_the_client_are_pending_and_those_that_nobody_answers_are_answered_so()
    {
        var context = FrameContext.None with { IsClientTool = static name => name == "mine" };
        string[] calls =
        [
            Start,
            """{"type":"tool_call","seq":2,"id":"a","name":"mine","arguments":{}}""",
            """{"type":"tool_arguments","seq":3,"id":"b","name":"theirs","delta":"{"}""",
        ];

        string[] asked = Say(context, [.. calls, """{"type":"done","seq":4,"finish_reason":"tool_calls"}"""]);
        string[] cut = Say(context, [.. calls, """{"type":"done","seq":4,"finish_reason":"length"}"""]);
        string[] stopped = Say(context, [.. calls, """{"type":"done","seq":4,"finish_reason":"stopped"}"""]);

        Assert.Contains("""{"type":"success","pendingToolCallIds":["a"]}""", asked[^1]);
        Assert.StartsWith("""{"type":"TOOL_CALL_RESULT","messageId":"t_1-2-1","toolCallId":"b",""", asked[^2]);
        Assert.Equal(["a", "b"], cut.Where(static frame => frame.Contains("unanswered")).Select(static frame => JsonElement.Parse(frame).GetProperty("toolCallId").GetString()));
        Assert.Contains("""{"type":"cancelled"}""", stopped[^1]);
        Assert.Equal("""{"type":"TOOL_CALL_END","toolCallId":"b"}""", stopped[^2]);
    }

    [Theory]
    [InlineData("""{"type":"error","seq":3,"code":"upstream_truncated","message":"It broke off.","retryable":true}""", "error", "It broke off.", "upstream_truncated")]
    [InlineData(null, "interrupted", "The answer broke off.", "interrupted")]
    public void What_failed_or_was_interrupted_is_an_error_and_never_a_finished_run(string? error, string reason, string message, string code)
    {
        string[] said = Say(
            FrameContext.None, [Start, """{"type":"token","seq":2,"token":"Hal"}""", .. error is null ? (string[])[] : [error], $$"""{"type":"done","seq":4,"finish_reason":"{{reason}}"}"""]);

        Assert.Equal("""{"type":"TEXT_MESSAGE_END","messageId":"t_1-2"}""", said[^2]);
        Assert.Equal($$"""{"type":"RUN_ERROR","message":"{{message}}","code":"{{code}}"}""", said[^1]);
    }

    [Fact]
    public void The_names_that_the_client_gave_come_back_and_the_question_with_them()
    {
        var context = FrameContext.None with
        {
            Metadata = JsonElement.Parse("""{"ag_ui":{"thread_id":"my \"thread\"","run_id":"r\n1","message_ids":["m1"],"result_ids":{}}}"""),
            Given = [ChatMessage.Of(ChatRole.User, "Hi")],
        };

        var started = JsonElement.Parse(Say(context, Start)[0]);

        Assert.Equal(("my \"thread\"", "r\n1"), (started.GetProperty("threadId").GetString(), started.GetProperty("runId").GetString()));
        Assert.Equal("""[{"id":"m1","role":"user","content":"Hi"}]""", started.GetProperty("input").GetProperty("messages").GetRawText());
    }

    [Fact]
    public void Joined_at_any_event_any_turn_is_told_as_from_its_start()
    {
        log.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        for (int turn = 0; turn < TestDepth.Rounds(quick: 100, full: 1_000); turn++)
        {
            var events = AnyTurn.Make(random);
            var truth = AgUiDecoder.Decode(EventStreamParser.Parse(Frame(AnyTurn.Context, events, from: 0)));
            for (int from = 1; from < events.Count; from++)
            {
                var told = AgUiDecoder.Decode(EventStreamParser.Parse(Frame(AnyTurn.Context, events, from)));
                Assert.Equal($"{truth}", $"{told}");
            }
        }
    }

    [Fact]
    public void An_opening_tells_the_turns_before_and_opens_what_is_open()
    {
        byte[][] before = Bytes(Start, """{"type":"token","seq":2,"token":"One."}""", """{"type":"done","seq":3,"finish_reason":"stop"}""");
        var context = FrameContext.None with
        {
            Given = [ChatMessage.Of(ChatRole.User, "Second?")],
            Earlier = [new EarlierTurn(FrameContext.None with { Given = [ChatMessage.Of(ChatRole.User, "First?")] }, [.. before.Select(static json => Commit.Of(Frames.Turn, json))])],
        };
        byte[][] events = Bytes(Start.Replace("t_1", "t_2"), """{"type":"token","seq":2,"token":"Tw"}""", """{"type":"token","seq":3,"token":"o."}""", """{"type":"done","seq":4,"finish_reason":"stop"}""");

        var said = EventStreamParser.Parse(Frame(context, events, from: 2)).Select(static frame => frame.Data).ToList();

        Assert.Equal(
            """{"type":"MESSAGES_SNAPSHOT","messages":[{"id":"t_1-given-0","role":"user","content":"First?"},{"id":"t_1-2","role":"assistant","content":"One."},{"id":"t_2-given-0","role":"user","content":"Second?"},{"id":"t_2-2","role":"assistant","content":"Tw"}]}""",
            said[1]);
        Assert.Equal(["""{"type":"TEXT_MESSAGE_START","messageId":"t_2-2","role":"assistant"}""", """{"type":"TEXT_MESSAGE_CONTENT","messageId":"t_2-2","delta":"o."}"""], said[2..4]);
    }

    [Fact]
    public void A_turn_that_waits_for_a_person_ends_the_response_with_what_is_asked()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = Dialect.AgUi.CreateWriter(FrameContext.None);
        foreach (byte[] json in Bytes(Start, """{"type":"tool_call","seq":2,"id":"a","name":"pay","arguments":{},"approval":"required"}"""))
            writer.Write(Commit.Of(Frames.Turn, json), output);
        writer.WritePause(output);
        writer.Write(Commit.Of(Frames.Turn, Bytes("""{"type":"done","seq":3,"finish_reason":"stop"}""")[0]), output);

        var end = JsonElement.Parse(EventStreamParser.Parse(output.WrittenSpan)[^1].Data);
        var asked = end.GetProperty("outcome").GetProperty("interrupts")[0];
        Assert.Equal("RUN_FINISHED", end.GetProperty("type").GetString());
        Assert.Equal(("a", "a", "May the tool pay run?"), (asked.GetProperty("id").GetString(), asked.GetProperty("toolCallId").GetString(), asked.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_notice_is_the_last_word(bool endsTurn)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = Dialect.AgUi.CreateWriter(FrameContext.None);
        foreach (byte[] json in Bytes(Start, """{"type":"token","seq":2,"token":"a"}"""))
            writer.Write(Commit.Of(Frames.Turn, json), output);
        var notice = new ViewerNotice(ErrorCode.ShuttingDown, "Come\nback.", Retryable: true, endsTurn);
        writer.WriteNotice(notice, output);
        writer.WriteNotice(notice, output);

        var said = EventStreamParser.Parse(output.WrittenSpan).Select(static frame => frame.Data).ToList();
        Assert.Equal(["""{"type":"TEXT_MESSAGE_END","messageId":"t_1-2"}""", """{"type":"RUN_ERROR","message":"Come\nback.","code":"shutting_down"}"""], said[^2..]);
    }

    private static byte[] Frame(FrameContext context, IReadOnlyList<byte[]> events, int from)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = Dialect.AgUi.CreateWriter(context);
        for (int i = 0; i < events.Count; i++)
        {
            if (i == from && from > 0)
            {
                output.ResetWrittenCount();
                writer.WriteOpening(output);
            }

            writer.Write(Commit.Of(Frames.Turn, events[i]), output);
        }

        Assert.DoesNotContain((byte)'\r', output.WrittenSpan.ToArray());
        return output.WrittenSpan.ToArray();
    }

    private static string[] Say(FrameContext context, params string[] events) => [.. EventStreamParser.Parse(Frame(context, Bytes(events), from: 0)).Select(static frame => frame.Data)];

    private static byte[][] Bytes(params string[] events) => [.. events.Select(Encoding.UTF8.GetBytes)];
}
