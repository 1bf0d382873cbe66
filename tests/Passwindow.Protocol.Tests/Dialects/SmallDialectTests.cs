using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class SmallDialectTests
{
    // Event, then its frames: native, keyed, text. The data dialect is the native object on a lone line, but for start.
    public static TheoryData<string, string, string, string> Events => new()
    {
        {
            """{"type":"start","seq":1,"conversation_id":"c_1","turn_id":"t_1","model":"m","created_at":"2026-01-01T00:00:00.000Z"}""",
            "event: start\ndata: {JSON}\nretry: 1000\nid: t_1:1\n\n",
            "data: {\"conversation_id\":\"c_1\"}\n\n",
            "id: t_1:1\n\n"
        },
        {
            """{"type":"token","seq":2,"token":"Hel \"lo\" \\ ü"}""",
            "event: token\ndata: {JSON}\nid: t_1:2\n\n",
            "data: {\"token\":\"Hel \\\"lo\\\" \\\\ ü\"}\n\n",
            "event: token\ndata: Hel \"lo\" \\ ü\nid: t_1:2\n\n"
        },
        {
            """{"type":"token","seq":2,"token":"No.\n","refusal":true}""",
            "event: token\ndata: {JSON}\nid: t_1:2\n\n",
            "data: {\"token\":\"No.\\n\"}\n\n",
            "event: token\ndata: No.\ndata: \nid: t_1:2\n\n"
        },
        {
            """{"type":"token","seq":2,"token":""}""",
            "event: token\ndata: {JSON}\nid: t_1:2\n\n",
            "data: {\"token\":\"\"}\n\n",
            ""
        },
        { """{"type":"reasoning","seq":2,"reasoning":"hm"}""", "event: reasoning\ndata: {JSON}\nid: t_1:2\n\n", "", "" },
        { """{"type":"tool_arguments","seq":3,"id":"1","name":"f","delta":"{"}""", "event: tool_arguments\ndata: {JSON}\nid: t_1:3\n\n", "", "" },
        {
            """{"type":"tool_call","seq":4,"id":"1","name":"f","arguments":{"name":"x"}}""",
            "event: tool_call\ndata: {JSON}\nid: t_1:4\n\n",
            "data: {\"tools_used\":[\"f\"]}\n\n",
            ""
        },
        { """{"type":"tool_result","seq":5,"id":"1","name":"f","result":1,"duration_ms":2}""", "event: tool_result\ndata: {JSON}\nid: t_1:5\n\n", "", "" },
        {
            """{"type":"action","seq":6,"id":"1","action":{"type":"theme","to":{"action":"dark"}}}""",
            "event: action\ndata: {JSON}\nid: t_1:6\n\n",
            "data: {\"action\":{\"type\":\"theme\",\"to\":{\"action\":\"dark\"}}}\n\n",
            ""
        },
        { """{"type":"citation","seq":7,"citation":{"url":"https://a"}}""", "event: citation\ndata: {JSON}\nid: t_1:7\n\n", "", "" },
        { """{"type":"seam","seq":8,"reason":"failover","model":"m"}""", "event: seam\ndata: {JSON}\nid: t_1:8\n\n", "", "" },
        { """{"type":"usage","seq":9,"duration_ms":2}""", "event: usage\ndata: {JSON}\nid: t_1:9\n\n", "", "" },
        {
            """{"type":"suggested_questions","seq":10,"suggested_questions":["a?","b?"]}""",
            "event: suggested_questions\ndata: {JSON}\nid: t_1:10\n\n",
            "data: {\"suggested_questions\":[\"a?\",\"b?\"]}\n\n",
            ""
        },
        {
            """{"type":"error","seq":11,"code":"gap","message":"It's\ngone.","retryable":false}""",
            "event: error\ndata: {JSON}\nid: t_1:11\n\n",
            "data: {\"error\":{\"code\":\"gap\",\"message\":\"It's\\ngone.\",\"retryable\":false}}\n\n",
            "event: error\ndata: It's\ndata: gone.\nid: t_1:11\n\n"
        },
        {
            """{"type":"done","seq":9223372036854775807,"finish_reason":"stop"}""",
            "event: done\ndata: {JSON}\nid: t_1:9223372036854775807\n\n",
            "data: [DONE]\n\n",
            "event: done\ndata: [DONE]\nid: t_1:9223372036854775807\n\n"
        },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void Each_event_has_its_frame_in_each_dialect(string json, string native, string keyed, string text)
    {
        string opening = json.Contains("\"start\"") ? "data: {\"type\":\"session\",\"id\":\"c_1\"}\n\n" : "";

        Assert.Equal(native.Replace("{JSON}", json), Frames.Of(Dialect.Native, json));
        Assert.Equal(keyed, Frames.Of(Dialect.Keyed, json));
        Assert.Equal($"{opening}data: {json}\n\n", Frames.Of(Dialect.Data, json));
        Assert.Equal(text, Frames.Of(Dialect.Text, json));
    }

    [Fact]
    public void The_table_above_leaves_no_event_type_out()
    {
        var listed = Events.Select(row => JsonElement.Parse(row.Data.Item1).GetProperty("type").GetString()).Distinct();
        Assert.Equal(Enum.GetValues<EventType>().Skip(1).Select(type => Encoding.UTF8.GetString(EventTypes.Name(type))), listed);
    }

    [Fact]
    public void A_notice_has_no_number_and_ends_the_response_only_if_the_turn_is_over()
    {
        var notice = new ViewerNotice(ErrorCode.JournalUnavailable, "It can't be\nkept.", Retryable: true, EndsTurn: false);
        const string error = """{"type":"error","code":"journal_unavailable","message":"It can't be\nkept.","retryable":true}""";
        const string done = """{"type":"done","finish_reason":"error"}""";
        (Dialect Dialect, string Error, string Done)[] expected =
        [
            (Dialect.Native, $"event: error\ndata: {error}\n\n", $"event: done\ndata: {done}\n\n"),
            (Dialect.Keyed, """data: {"error":{"code":"journal_unavailable","message":"It can't be\nkept.","retryable":true}}""" + "\n\n", "data: [DONE]\n\n"),
            (Dialect.Data, $"data: {error}\n\n", $"data: {done}\n\n"),
            (Dialect.Text, "event: error\ndata: It can't be\ndata: kept.\n\n", "event: done\ndata: [DONE]\n\n"),
        ];
        foreach (var (dialect, errorFrame, doneFrame) in expected)
        {
            Assert.Equal(errorFrame, Frames.OfNotice(dialect, notice));
            Assert.Equal(errorFrame + doneFrame, Frames.OfNotice(dialect, notice with { EndsTurn = true }));
        }
    }

    [Fact]
    public void A_heartbeat_is_a_comment_that_no_client_sees()
    {
        foreach (var dialect in Dialect.All.Where(static dialect => dialect != Dialect.Anthropic)) // whose clients skip an event of its own, ping
        {
            var output = new ArrayBufferWriter<byte>();
            dialect.CreateWriter(FrameContext.None).WriteHeartbeat(output);
            Assert.StartsWith(":", Encoding.UTF8.GetString(output.WrittenSpan));
            Assert.Empty(EventStreamParser.Parse([.. output.WrittenSpan, .. output.WrittenSpan]));
        }
    }

    [Theory]
    [InlineData("{\"type\":\"token\",\n\"seq\":2,\"token\":\"a\"}")]
    [InlineData("{\"type\":\"action\",\"seq\":2,\"id\":\"1\",\"action\":{\r\"type\":\"x\"}}")]
    [InlineData("{\"type\":\"start\",\"seq\":1,\"conversation_id\":\"c\"\n}")]
    [InlineData("{\"type\":\"error\",\"seq\":2,\"code\":\"gap\",\"message\":\"a\",\"retryable\":\ntrue}")]
    public void An_event_that_holds_a_line_break_is_refused_before_its_first_byte(string json)
    {
        foreach (var dialect in (Dialect[])[Dialect.Native, Dialect.Data])
        {
            var output = new ArrayBufferWriter<byte>();
            Assert.Throws<ArgumentException>(() => dialect.CreateWriter(FrameContext.None).Write(Commit.Of(Frames.Turn, Encoding.UTF8.GetBytes(json)), output));
            Assert.Equal(0, output.WrittenCount);
        }
    }

    [Fact]
    public void Values_cut_out_of_an_event_are_refused_for_a_line_break_too()
    {
        Assert.Throws<ArgumentException>(() => Frames.Of(Dialect.Keyed, "{\"type\":\"action\",\"seq\":2,\"action\":{\n\"type\":\"x\"}}"));
        Assert.Throws<ArgumentException>(() => Frames.Of(Dialect.Keyed, "{\"type\":\"suggested_questions\",\"seq\":2,\"suggested_questions\":[\r]}"));
    }

    [Fact]
    public void An_event_of_a_later_version_is_passed_over_where_the_dialect_is_narrow()
    {
        const string json = """{"type":"hologram","seq":2,"x":1}""";
        Assert.Empty(Frames.Of(Dialect.Keyed, json));
        Assert.Empty(Frames.Of(Dialect.Text, json));
        Assert.Equal($"data: {json}\n\n", Frames.Of(Dialect.Data, json));
    }

    [Fact]
    public void A_dialect_is_found_by_its_word_alone()
    {
        Assert.Same(Dialect.Keyed, Dialect.Find("keyed"));
        Assert.Null(Dialect.Find("Keyed"));
        Assert.Null(Dialect.Find(""));
        Assert.Equal(Dialect.All.Count, Dialect.All.Select(dialect => dialect.Name).Distinct().Count());
    }
}
