using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class OpenAIChatRequestTests
{
    /// <summary>A request, or a part of one beside a message, and the field that is wrong with it; null for the body itself.</summary>
    public static TheoryData<string, string?> Wrong => new()
    {
        { "[]", null },
        { """{"messages":[{"role":"user","content":"\ud83d"}]}""", null },
        { """{"messages":[],"messages":[]}""", null },
        { "{}", "messages" },
        { """{"messages":[]}""", "messages" },
        { """{"messages":{}}""", "messages" },
        { """{"messages":["Hi"]}""", "messages[0]" },
        { """{"messages":[{"content":"Hi"}]}""", "messages[0].role" },
        { """{"messages":[{"role":"robot","content":"Hi"}]}""", "messages[0].role" },
        { """{"messages":[{"role":"function","name":"f","content":"Hi"}]}""", "messages[0].role" },
        { """{"messages":[{"role":"user"}]}""", "messages[0].content" },
        { """{"messages":[{"role":"user","content":7}]}""", "messages[0].content" },
        { """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]}""", "messages[0].content[0].type" },
        { """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://a/b.png"}}]}]}""", "messages[0].content[0].image_url.url" },
        { """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]}]}""", "messages[0].content[0].image_url.url" },
        { """{"messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://a"}}]}]}""", "messages[0].content[0].type" },
        { """{"messages":[{"role":"tool","tool_call_id":"1","content":"x"}]}""", "messages[0].tool_call_id" },
        { """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"custom","custom":{"name":"x"}}]}]}""", "messages[0].tool_calls[0].type" },
        { """{"messages":[{"role":"assistant","function_call":{"name":"f"}}]}""", "messages[0].function_call" },
        { """{HI,"stream":"yes"}""", "stream" },
        { """{HI,"stream_options":{"include_usage":true}}""", "stream_options" },
        { """{HI,"stream":true,"stream_options":{"include_usage":1}}""", "stream_options.include_usage" },
        { """{HI,"n":2}""", "n" },
        { """{HI,"n":0}""", "n" },
        { """{HI,"logprobs":true}""", "logprobs" },
        { """{HI,"top_logprobs":2}""", "top_logprobs" },
        { """{HI,"modalities":["text","audio"]}""", "modalities" },
        { """{HI,"audio":{"voice":"x"}}""", "audio" },
        { """{HI,"functions":[]}""", "functions" },
        { """{HI,"function_call":"auto"}""", "function_call" },
        { """{HI,"temperature":2.5}""", "temperature" },
        { """{HI,"temperature":"hot"}""", "temperature" },
        { """{HI,"top_p":-1}""", "top_p" },
        { """{HI,"max_tokens":0}""", "max_tokens" },
        { """{HI,"max_completion_tokens":1.5}""", "max_completion_tokens" },
        { """{HI,"stop":[1]}""", "stop" },
        { """{HI,"metadata":"x"}""", "metadata" },
        { """{HI,"store":"yes"}""", "store" },
        { """{HI,"tool_choice":"always"}""", "tool_choice" },
        { """{HI,"tool_choice":{"type":"function"}}""", "tool_choice.function.name" },
        { """{HI,"tools":[{"type":"custom","custom":{"name":"x"}}]}""", "tools[0].type" },
        { """{HI,"tools":[{"type":"function"}]}""", "tools[0].function" },
        { """{HI,"tools":[{"type":"function","function":{"name":"a b"}}]}""", "tools[0].function.name" },
        { """{HI,"tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"a"}}]}""", "tools[1].function.name" },
        { """{HI,"tools":[{"type":"function","function":{"name":"a","parameters":[]}}]}""", "tools[0].function.parameters" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named_by_its_path(string body, string? param)
    {
        var fault = Assert.Throws<RequestException>(() => Read(body));
        Assert.Equal(param, fault.Param);
        Assert.StartsWith(param ?? "", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_history_is_read_and_goes_to_an_upstream_of_the_same_api_as_it_came()
    {
        const string body = """
            {"model":"m","messages":[
              {"role":"developer","content":"Be brief."},
              {"role":"system","content":[{"type":"text","text":"In "},{"type":"text","text":"verse."}]},
              {"role":"user","name":"ann","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"look","arguments":"{\"at\": 1}"}},{"id":"2","type":"function","function":{"name":"look","arguments":""}}]},
              {"role":"tool","tool_call_id":"1","content":"a cat"},
              {"role":"tool","tool_call_id":"2","content":[{"type":"text","text":"a dog"}]},
              {"role":"user","content":"And?"}],
             "tools":[{"type":"function","function":{"name":"look","description":"Looks.","strict":true,"parameters":{"type":"object","properties":{"at":{"type":"number"}}}}}],
             "tool_choice":{"type":"function","function":{"name":"look"}},"parallel_tool_calls":false,"temperature":0.5,"top_p":1,"seed":7,"stop":"END","max_tokens":9,"logit_bias":{"50256":-100},
             "response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object"}}},"reasoning_effort":"low","user":"u","store":true,"metadata":{"k":"v"},"stream":true,"n":1}
            """;
        var read = Read(body);

        Assert.Equal((true, false, true), (read.IsStream, read.IncludeUsage, read.IsStored));
        Assert.Equal("And?", read.Given.LastQuestion);
        Assert.Equal("v", read.Given.Metadata!.Value.GetProperty("k").GetString());
        var options = read.Given.Options;
        Assert.Equal((9, 0.5, 1, false, "low"), (options.MaxOutputTokens, options.Temperature, options.TopP, options.ParallelToolCalls, options.ReasoningEffort));
        Assert.Equal(["END"], options.Stop);
        Assert.Equal(new ToolChoice(ToolChoiceKind.One, "look"), options.ToolChoice);
        Assert.Equal("x", options.AnswerSchema!.Value.GetProperty("name").GetString());

        var output = new ArrayBufferWriter<byte>();
        OpenAIChatRequestWriter.Write(new ChatRequest("m", read.Given.Messages, read.Given.Tools) { Options = options }, output);
        string expected = body.Replace("\"role\":\"developer\"", "\"role\":\"system\"", StringComparison.Ordinal).Replace("""[{"type":"text","text":"In "},{"type":"text","text":"verse."}]""", "\"In verse.\"", StringComparison.Ordinal)
            .Replace("\"name\":\"ann\",", "", StringComparison.Ordinal).Replace("\"arguments\":\"\"", "\"arguments\":\"{}\"", StringComparison.Ordinal)
            .Replace("""[{"type":"text","text":"a dog"}]""", "\"a dog\"", StringComparison.Ordinal).Replace(""","store":true,"metadata":{"k":"v"},"stream":true,"n":1}""", ""","stream":true,"stream_options":{"include_usage":true}}""", StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonElement.Parse(output.WrittenSpan)), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Null_means_absent() =>
        Assert.Null(Read("""{HI,"temperature":null,"tools":null,"tool_choice":null,"stop":null,"stream":null,"stream_options":null,"n":null,"audio":null,"metadata":null,"model":null}""").Given.Model);

    private static OpenAIChatRequest Read(string body) =>
        OpenAIChatRequestReader.Read(Encoding.UTF8.GetBytes(body.Replace("HI", """ "messages":[{"role":"user","content":"Hi"}] """, StringComparison.Ordinal)));
}
