using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

public sealed class RequestWriterTests
{
    private static readonly ChatRequest Full = new(
        "the-model",
        [
            ChatMessage.Of(ChatRole.System, "Be brief."),
            ChatMessage.Of(ChatRole.User, "Weather in \"Köln\"?"),
            new(ChatRole.Assistant, [new ReasoningPart("hm", "sig", null), new ReasoningPart("", null, "enc"), new ReasoningPart("unsigned", null, null), new TextPart("I look."), new ToolCallPart("call:1", "weather", """{"city":"Köln"}"""), new ToolCallPart("call_2", "time", "")]),
            new(ChatRole.Tool, [new ToolResultPart("call:1", "weather", """{"c":21}""", false), new ToolResultPart("call_2", "time", "no clock", true)]),
            ChatMessage.Of(ChatRole.User, "And?"),
            ChatMessage.Of(ChatRole.System, "Metric units."),
        ],
        [new("weather", "Tells it.", """{"type":"object","properties":{"city":{"type":"string"}}}"""), new("time", null, null)]);

    [Fact]
    public void A_chat_completions_request_is_spelled_as_the_API_wants_it() => Assert.Equal(
        """
        {"model":"the-model","messages":[
        {"role":"system","content":"Be brief."},
        {"role":"user","content":"Weather in \"Köln\"?"},
        {"role":"assistant","content":"I look.","tool_calls":[{"id":"call:1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Köln\"}"}},{"id":"call_2","type":"function","function":{"name":"time","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"call:1","content":"{\"c\":21}"},
        {"role":"tool","tool_call_id":"call_2","content":"Error: no clock"},
        {"role":"user","content":"And?"},
        {"role":"system","content":"Metric units."}],
        "tools":[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},{"type":"function","function":{"name":"time","parameters":{"type":"object","properties":{}}}}],
        "max_tokens":100,"stream":true,"stream_options":{"include_usage":true}}
        """.ReplaceLineEndings(""),
        Write(UpstreamApi.OpenAIChat, Full with { Options = new() { MaxOutputTokens = 100 } }));

    [Fact]
    public void An_Anthropic_request_is_spelled_as_the_API_wants_it() => Assert.Equal(
        """
        {"model":"the-model","max_tokens":8192,"system":"Be brief.\n\nMetric units.","messages":[
        {"role":"user","content":[{"type":"text","text":"Weather in \"Köln\"?"}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"enc"},{"type":"text","text":"I look."},{"type":"tool_use","id":"call_1","name":"weather","input":{"city":"Köln"}},{"type":"tool_use","id":"call_2","name":"time","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"{\"c\":21}"},{"type":"tool_result","tool_use_id":"call_2","content":"no clock","is_error":true},{"type":"text","text":"And?"}]}],
        "tools":[{"name":"weather","description":"Tells it.","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}},{"name":"time","input_schema":{"type":"object","properties":{}}}],
        "stream":true}
        """.ReplaceLineEndings(""),
        Write(UpstreamApi.Anthropic, Full));

    [Fact]
    public void A_call_without_text_has_null_content_and_a_message_that_says_nothing_is_left_out()
    {
        var request = new ChatRequest("m", [ChatMessage.Of(ChatRole.User, "a"), ChatMessage.Of(ChatRole.Assistant, ""), new(ChatRole.Assistant, [new ToolCallPart("c", "f", "{broken")]), ChatMessage.Of(ChatRole.User, " \n")], []);
        Assert.Equal(
            """{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":" \n"}],"stream":true,"stream_options":{"include_usage":true}}""",
            Write(UpstreamApi.OpenAIChat, request));
        Assert.Equal(
            """{"model":"m","max_tokens":8192,"messages":[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]}],"stream":true}""",
            Write(UpstreamApi.Anthropic, request));
    }

    [Fact]
    public void Half_a_surrogate_pair_and_control_characters_leave_valid_JSON()
    {
        var request = new ChatRequest("m", [ChatMessage.Of(ChatRole.User, "a\ud83d\0\u2028b")], []);
        var chat = JsonNode.Parse(Write(UpstreamApi.OpenAIChat, request))!;
        Assert.Equal("a\uFFFD\0\u2028b", (string?)chat["messages"]![0]!["content"]);
        var anthropic = JsonNode.Parse(Write(UpstreamApi.Anthropic, request))!;
        Assert.Equal("a\uFFFD\0\u2028b", (string?)anthropic["messages"]![0]!["content"]![0]!["text"]);
    }

    [Theory]
    [InlineData("OpenAI", """
        {"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}},{"type":"image_url","image_url":{"url":"https://example.org/a.png"}}]}],
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],
        "max_tokens":9,"temperature":0.5,"top_p":0.25,"stop":["END"],"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}},"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
        "stream":true,"stream_options":{"include_usage":true}}
        """)]
    [InlineData("OpenAIResponses", """
        {"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"What is this?"},{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"low"},{"type":"input_image","image_url":"https://example.org/a.png","detail":"auto"}]}],
        "tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false}],
        "max_output_tokens":9,"temperature":0.5,"top_p":0.25,"reasoning":{"effort":"low"},"text":{"format":{"type":"json_schema","name":"n","schema":{}}},"tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false,
        "store":false,"stream":true}
        """)]
    [InlineData("Anthropic", """
        {"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},{"type":"image","source":{"type":"url","url":"https://example.org/a.png"}}]}],
        "tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],
        "temperature":0.5,"top_p":0.25,"stop_sequences":["END"],"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},"stream":true}
        """)]
    public void Options_and_images_of_a_request_for_another_API_are_spelled_in_the_words_of_this_one(string api, string expected)
    {
        var asked = new ChatMessage(ChatRole.User, [new TextPart("What is this?"), new ImagePart("data:image/png;base64,AAAA", "low"), new ImagePart("https://example.org/a.png")]);
        var options = new SamplingOptions
        {
            MaxOutputTokens = 9,
            Temperature = 0.5,
            TopP = 0.25,
            Stop = ["END"],
            ReasoningEffort = "low",
            AnswerSchema = System.Text.Json.JsonElement.Parse("""{"name":"n","schema":{}}"""),
            ToolChoice = new ToolChoice(ToolChoiceKind.One, "f"),
            ParallelToolCalls = false,
        };
        Assert.Equal(expected.ReplaceLineEndings(""), Write(UpstreamApi.All.Single(one => one.Name == api), new ChatRequest("m", [asked], [new("f", null, null)]) { Options = options }));
    }

    [Theory]
    [InlineData(ToolChoiceKind.Auto, "\"auto\"", """{"type":"auto"}""")]
    [InlineData(ToolChoiceKind.None, "\"none\"", """{"type":"none"}""")]
    [InlineData(ToolChoiceKind.Any, "\"required\"", """{"type":"any"}""")]
    public void The_rule_for_calling_tools_has_a_word_in_each_API(ToolChoiceKind kind, string openAI, string anthropic)
    {
        var request = new ChatRequest("m", [ChatMessage.Of(ChatRole.User, "a")], [new("f", null, null)]) { Options = new() { ToolChoice = new ToolChoice(kind) } };
        Assert.Contains($"\"tool_choice\":{openAI}", Write(UpstreamApi.OpenAIChat, request), StringComparison.Ordinal);
        Assert.Contains($"\"tool_choice\":{openAI}", Write(UpstreamApi.OpenAIResponses, request), StringComparison.Ordinal);
        Assert.Contains($"\"tool_choice\":{anthropic}", Write(UpstreamApi.Anthropic, request), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_goes_into_the_APIs_header_and_without_one_there_is_no_such_header()
    {
        Assert.Equal("Authorization: Bearer k", Headers(UpstreamApi.OpenAIChat, "k"));
        Assert.Equal("", Headers(UpstreamApi.OpenAIChat, null));
        Assert.Equal("x-api-key: k, anthropic-version: 2023-06-01", Headers(UpstreamApi.Anthropic, "k"));
        Assert.Equal("anthropic-version: 2023-06-01", Headers(UpstreamApi.Anthropic, ""));
    }

    private static string Headers(UpstreamApi api, string? key) => string.Join(", ", api.Headers(key).Select(one => $"{one.Key}: {one.Value}"));

    private static string Write(UpstreamApi api, ChatRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        api.WriteRequest(request, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
