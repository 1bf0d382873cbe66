using System.Buffers;
using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class AnthropicRequestTests
{
    /// <summary>A request, or a part of one beside the fields that it must have, and the field that is wrong with it.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { """{"max_tokens":1,"messages":[]}""", "model" },
        { """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", "max_tokens" },
        { """{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"Hi"}]}""", "max_tokens" },
        { """{"model":"m","max_tokens":1}""", "messages" },
        { """{"model":"m","max_tokens":1,"messages":[]}""", "messages" },
        { """{"model":"m","max_tokens":1,"messages":[{"role":"robot","content":"Hi"}]}""", "messages[0].role" },
        { """{"model":"m","max_tokens":1,"messages":[{"role":"user"}]}""", "messages[0].content" },
        { """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"document","source":{}}]}]}""", "messages[0].content[0].type" },
        { """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"http://a"}}]}]}""", "messages[0].content[0].source.url" },
        { """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"x"}]}]}""", "messages[0].content[0].tool_use_id" },
        { """{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"server_tool_use","id":"1","name":"x","input":{}}]}]}""", "messages[0].content[0].type" },
        { """{HI,"system":7}""", "system" },
        { """{HI,"system":[{"type":"image"}]}""", "system[0].type" },
        { """{HI,"stream":1}""", "stream" },
        { """{HI,"temperature":1.5}""", "temperature" },
        { """{HI,"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", "tools[0].type" },
        { """{HI,"tools":[{"name":"f"}]}""", "tools[0].input_schema" },
        { """{HI,"tool_choice":{"type":"sometimes"}}""", "tool_choice.type" },
        { """{HI,"tool_choice":{"type":"tool"}}""", "tool_choice.name" },
        { """{HI,"mcp_servers":[]}""", "mcp_servers" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named_by_its_path(string body, string param)
    {
        var fault = Assert.Throws<RequestException>(() => Read(body));
        Assert.Equal(param, fault.Param);
        Assert.StartsWith(param, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_history_with_signed_thinking_goes_to_an_upstream_of_the_same_api_as_it_came()
    {
        const string body = """
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"Be brief."}],"messages":[
              {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"redacted_thinking","data":"xxx"},{"type":"text","text":"I look."},{"type":"tool_use","id":"a","name":"look","input":{"at":1}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":[{"type":"text","text":"dark"}]}]}],
             "tools":[{"name":"look","description":"Looks.","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true},
             "temperature":1,"top_k":5,"stop_sequences":["END"],"thinking":{"type":"enabled","budget_tokens":1024},"metadata":{"user_id":"u"},"stream":true}
            """;
        var read = Read(body);

        Assert.True(read.IsStream);
        Assert.Equal("What is this?", read.Given.LastQuestion);
        Assert.Equal((9, 1, false), (read.Given.Options.MaxOutputTokens, read.Given.Options.Temperature, read.Given.Options.ParallelToolCalls));
        var output = new ArrayBufferWriter<byte>();
        AnthropicRequestWriter.Write(new ChatRequest("m", read.Given.Messages, read.Given.Tools) { Options = read.Given.Options }, output);
        string expected = body.Replace("""[{"type":"text","text":"Be brief."}]""", "\"Be brief.\"", StringComparison.Ordinal).Replace("""[{"type":"text","text":"dark"}]""", "\"dark\"", StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonElement.Parse(output.WrittenSpan)), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Thinking_that_nobody_signed_is_not_sent_back() =>
        Assert.Empty(Read("""{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":""}]}]}""").Given.Messages.Single().Parts);

    private static AnthropicRequest Read(string body) =>
        AnthropicRequestReader.Read(Encoding.UTF8.GetBytes(body.Replace("HI", """ "model":"m","max_tokens":1,"messages":[{"role":"user","content":"Hi"}] """, StringComparison.Ordinal)));
}
