using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class OpenAIChatFrameTests
{
    private const string Start = """{"type":"start","seq":1,"conversation_id":"c_1","turn_id":"t_1","model":"up/\"m\"","created_at":"2026-01-01T00:00:00.000Z"}""";
    private const string Usage = """{"type":"usage","seq":8,"input_tokens":3,"output_tokens":5,"reasoning_tokens":2,"cached_tokens":1,"duration_ms":9}""";
    private const string Stop = """{"type":"done","seq":9,"finish_reason":"stop"}""";
    private const string Head = """{"id":"chatcmpl-t_1","object":"chat.completion.chunk","created":1767225600,"model":"up/\"m\"","choices":[""";

    private static readonly FrameContext Context = new() { IsClientTool = static name => name is "mine" or "also_mine" };

    [Fact]
    public void Text_is_copied_in_the_journals_spelling_and_the_role_stands_in_the_first_chunk()
    {
        string[] frames = Frames(Start, """{"type":"token","seq":2,"token":"Hé\"\n"}""", """{"type":"token","seq":3,"token":"\"refusal\":true}"}""", Stop);

        Assert.Equal(
        [
            Head + """{"index":0,"delta":{"role":"assistant","content":"Hé\"\n"},"finish_reason":null}]}""",
            Head + """{"index":0,"delta":{"content":"\"refusal\":true}"},"finish_reason":null}]}""",
            Head + """{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            "[DONE]",
        ], frames);
    }

    [Fact]
    public void With_usage_asked_for_one_chunk_without_choices_has_it_and_all_others_say_null()
    {
        string[] frames = Frames(includeUsage: true, Start, """{"type":"token","seq":2,"token":"a"}""", Usage, Stop);

        Assert.EndsWith("""}],"usage":null}""", frames[0], StringComparison.Ordinal);
        Assert.EndsWith("""}],"usage":null}""", frames[1], StringComparison.Ordinal);
        Assert.Equal(
            Head + """],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":1},"completion_tokens_details":{"reasoning_tokens":2}}}""", frames[2]);
        Assert.Equal("[DONE]", frames[3]);
        Assert.Equal(4, frames.Length);
    }

    [Fact]
    public void A_provider_that_counted_nothing_costs_nothing_known_and_no_chunk_says_zero() =>
        Assert.Equal([Head + """{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"stop"}],"usage":null}""", "[DONE]"], Frames(includeUsage: true, Start, """{"type":"usage","seq":2,"duration_ms":1}""", Stop));

    [Fact]
    public void Parallel_calls_whose_pieces_come_interleaved_keep_their_indexes_and_are_not_said_twice()
    {
        string[] frames = Frames(
            Start,
            """{"type":"tool_arguments","seq":2,"id":"a","name":"mine","delta":"{\"x\""}""",
            """{"type":"tool_arguments","seq":3,"id":"b","name":"also_mine","delta":"{"}""",
            """{"type":"tool_arguments","seq":4,"id":"a","name":"mine","delta":": 1}"}""",
            """{"type":"tool_call","seq":5,"id":"a","name":"mine","arguments":{"x":1}}""",
            """{"type":"tool_call","seq":6,"id":"c","name":"mine","arguments":{"y":"\"\n"}}""",
            """{"type":"done","seq":9,"finish_reason":"tool_calls"}""");

        Assert.Equal(
        [
            Chunk("""{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"mine","arguments":"{\"x\""}}]}"""),
            Chunk("""{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"also_mine","arguments":"{"}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":": 1}"}}]}"""),
            Chunk("""{"tool_calls":[{"index":2,"id":"c","type":"function","function":{"name":"mine","arguments":"{\"y\":\"\\\"\\n\"}"}}]}"""),
            Head + """{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            "[DONE]",
        ], frames);
    }

    [Fact]
    public void Calls_of_the_servers_own_tools_are_not_shown_to_a_client_that_would_run_them() =>
        Assert.Equal(2, Frames(
            Start,
            """{"type":"tool_arguments","seq":2,"id":"a","name":"servers","delta":"{}"}""",
            """{"type":"tool_call","seq":3,"id":"a","name":"servers","arguments":{}}""",
            """{"type":"tool_result","seq":4,"id":"a","name":"servers","result":1,"duration_ms":1}""",
            Stop).Length);

    [Fact]
    public void Refusals_and_thinking_have_fields_of_their_own_and_a_signature_alone_says_nothing()
    {
        string[] frames = Frames(
            Start,
            """{"type":"reasoning","seq":2,"reasoning":"hm"}""",
            """{"type":"reasoning","seq":3,"reasoning":"","signature":"s"}""",
            """{"type":"token","seq":4,"token":"No.","refusal":true}""",
            Stop);

        Assert.Equal([Chunk("""{"role":"assistant","content":null,"reasoning_content":"hm"}"""), Chunk("""{"refusal":"No."}""")], frames[..2]);
        Assert.Equal(4, frames.Length);
    }

    [Fact]
    public void Sources_stand_together_at_the_end_and_one_without_an_address_is_left_out()
    {
        string[] frames = Frames(
            Start,
            """{"type":"citation","seq":2,"citation":{"url":"https://a","title":"A","type":"url_citation","start_index":1,"end_index":2}}""",
            """{"type":"citation","seq":3,"citation":{"cited_text":"x","document_index":0}}""",
            """{"type":"citation","seq":4,"citation":{"url":"https://b"}}""",
            Stop);

        Assert.Equal(
            Head + """{"index":0,"delta":{"role":"assistant","content":"","annotations":[{"type":"url_citation","url_citation":{"url":"https://a","title":"A","start_index":1,"end_index":2}},"""
            + """{"type":"url_citation","url_citation":{"url":"https://b","title":"","start_index":0,"end_index":0}}]},"finish_reason":"stop"}]}""", frames[0]);
    }

    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("tool_calls", "tool_calls")]
    [InlineData("tool_limit", "length")]
    [InlineData("stopped", null)]
    [InlineData("abandoned", null)]
    [InlineData("interrupted", null)]
    [InlineData("error", null)]
    public void An_end_that_is_not_the_models_own_has_no_finish_reason_and_no_end_marker(string reason, string? word)
    {
        string[] frames = Frames(Start, """{"type":"token","seq":2,"token":"a"}""", $$"""{"type":"done","seq":3,"finish_reason":"{{reason}}"}""");

        if (word is not null)
        {
            Assert.Equal(word, JsonElement.Parse(frames[1]).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
            Assert.Equal("[DONE]", frames[2]);
            return;
        }

        var error = JsonElement.Parse(Assert.Single(frames[1..])).GetProperty("error");
        Assert.Equal((reason, "server_error"), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
    }

    [Fact]
    public void A_failure_is_said_once_behind_what_it_cost()
    {
        string[] frames = Frames(
            includeUsage: true,
            Start,
            """{"type":"token","seq":2,"token":"a"}""",
            Usage,
            """{"type":"error","seq":9,"code":"upstream_rate_limited","message":"Too \"many\".","retryable":true}""",
            """{"type":"done","seq":10,"finish_reason":"error"}""");

        Assert.Contains("\"usage\":{", frames[1], StringComparison.Ordinal);
        Assert.Equal("""{"error":{"message":"Too \"many\".","type":"rate_limit_error","code":"upstream_rate_limited","param":null}}""", frames[2]);
        Assert.Equal(3, frames.Length);
    }

    [Fact]
    public void What_could_not_be_journalled_is_told_as_an_error() => Assert.Equal(
        "data: " + """{"error":{"message":"No.","type":"server_error","code":"journal_unavailable","param":null}}""" + "\n\n",
        Dialects.Frames.OfNotice(Dialect.OpenAI, new ViewerNotice(ErrorCode.JournalUnavailable, "No.", Retryable: true, EndsTurn: true)));

    [Fact]
    public void A_line_break_in_an_event_is_refused_before_the_first_byte()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = Dialect.OpenAI.CreateWriter(Context);
        writer.Write(Commit.Of(new TurnId("t_1"), Encoding.UTF8.GetBytes(Start)), output);
        Assert.Throws<ArgumentException>(() => writer.Write(Commit.Of(new TurnId("t_1"), "{\"type\":\"tool_arguments\",\"seq\":2,\"id\":\"a\",\n\"name\":\"mine\",\"delta\":\"\"}"u8), output));
        Assert.Equal(0, output.WrittenCount);
    }

    private static string Chunk(string delta) => Head + $$"""{"index":0,"delta":{{delta}},"finish_reason":null}]}""";

    private static string[] Frames(params string[] events) => Frames(includeUsage: false, events);

    private static string[] Frames(bool includeUsage, params string[] events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new OpenAIChatFrameWriter(Context, includeUsage);
        foreach (string json in events)
            writer.Write(Commit.Of(new TurnId("t_1"), Encoding.UTF8.GetBytes(json)), output);
        return [.. EventStreamParser.Parse(output.WrittenSpan).Select(static frame => frame.Data)];
    }
}
