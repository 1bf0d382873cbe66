using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>A server that does not stream answers with one document, which is taken as one piece.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void A_chat_completion_is_read_whole()
    {
        var answer = Answer.ReadDocument(new OpenAIChatUpstreamReader(), """
            {"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","reasoning_content":"hm","refusal":null,
             "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"f","arguments":""}}]},
             "finish_reason":"tool_calls"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}}
            """);
        Assert.Null(answer.Error);
        Assert.Equal(("Hi", "hm", FinishReason.ToolCalls), (answer.Text, answer.Reasoning, answer.Finish));
        Assert.Equal([("a", "f", """{"x":1}"""), ("b", "f", "{}")], answer.Calls);
        Assert.Empty(answer.Pieces);
        Assert.Equal(new Usage { InputTokens = 7, OutputTokens = 3, CachedTokens = 2 }, answer.Usage);
    }

    [Fact]
    public void An_Anthropic_message_is_read_whole()
    {
        var answer = Answer.ReadDocument(new AnthropicUpstreamReader(), """
            {"type":"message","role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"Hi","citations":[{"type":"t","url":"https://a","title":"A"}]},
             {"type":"server_tool_use","id":"s","name":"web_search","input":{"q":1}},{"type":"tool_use","id":"a","name":"f","input":{"x":1}},{"type":"tool_use","id":"b","name":"f","input":{}}],
             "stop_reason":"tool_use","usage":{"input_tokens":7,"output_tokens":3}}
            """);
        Assert.Null(answer.Error);
        Assert.Equal(("Hi", "hm", FinishReason.ToolCalls), (answer.Text, answer.Reasoning, answer.Finish));
        Assert.Equal("sig", Assert.Single(answer.Signatures));
        Assert.Equal([("a", "f", """{"x":1}"""), ("b", "f", "{}")], answer.Calls);
        Assert.Equal("""{"url":"https://a","title":"A","type":"t"}""", Assert.Single(answer.Citations));
        Assert.Equal(new Usage { InputTokens = 7, OutputTokens = 3 }, answer.Usage);
    }

    [Theory]
    [InlineData("{}", ErrorCode.UpstreamMalformed)]
    [InlineData("", ErrorCode.UpstreamMalformed)]
    [InlineData("{\"choices\":[", ErrorCode.UpstreamMalformed)]
    [InlineData("<html></html>", ErrorCode.UpstreamMalformed)]
    [InlineData("""{"error":{"type":"invalid_request_error","message":"no"}}""", ErrorCode.UpstreamRefused)]
    public void A_document_that_is_no_answer_has_its_error(string json, ErrorCode code)
    {
        foreach (var reader in new UpstreamReader[] { new OpenAIChatUpstreamReader(), new AnthropicUpstreamReader() })
        {
            var answer = Answer.ReadDocument(reader, json);
            Assert.Equal(code, answer.Error?.Code);
            Assert.Null(answer.Finish);
        }
    }
}
