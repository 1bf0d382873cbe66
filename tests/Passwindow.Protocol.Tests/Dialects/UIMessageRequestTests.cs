using System.Text;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Dialects.UIMessages;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

public sealed class UIMessageRequestTests
{
    [Fact]
    public void What_the_transport_sends_is_read_and_what_it_adds_for_others_is_not()
    {
        var request = Read("""
            {"id":"chat_1","trigger":"submit-message","messageId":"u2","sessionId":7,"model":"openai/gpt","metadata":{"a":1},
             "tools":[{"name":"place","parameters":{"type":"object"}}],
             "messages":[
              {"id":"u1","role":"user","metadata":{"x":1},"parts":[{"type":"text","text":"Hi","providerMetadata":{}}]},
              {"id":"t_1","role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"hm"},{"type":"text","text":"Hello.","state":"done"},
               {"type":"source-url","sourceId":"s","url":"https://a"},{"type":"data-action","id":"1","data":{}},{"type":"file","mediaType":"text/plain","url":"x"},{"type":"hologram"}]},
              {"id":"u2","role":"user","parts":[{"type":"text","text":"What is "},{"type":"text","text":"this?"},{"type":"file","mediaType":"image/png","filename":"a.png","url":"data:image/png;base64,AAAA"}]}]}
            """);

        Assert.Equal(("chat_1", "u2", "openai/gpt", false, true), (request.Conversation.Value, request.MessageId, request.Model, request.IsRegeneration, request.HasHistory));
        Assert.Equal("place", Assert.Single(request.Tools).Name);
        Assert.Equal(IfActive.Interrupt, request.IfActive);
        Assert.Equal(
            [new TextPart("What is "), new TextPart("this?"), new ImagePart("data:image/png;base64,AAAA")],
            GivenHistory.Speech(request.Last));
        var answer = GivenHistory.ToMessages(request.Messages)[1];
        Assert.Equal((ChatRole.Assistant, "Hello."), (answer.Role, Assert.IsType<TextPart>(Assert.Single(answer.Parts)).Text));
    }

    [Fact]
    public void The_last_message_alone_is_enough()
    {
        var request = Read("""{"id":"c","message":{"id":"u","role":"user","parts":[{"type":"text","text":"Hi"}]},"if_active":"reject","trigger":"regenerate-message"}""");
        Assert.Equal((false, true, IfActive.Reject), (request.HasHistory, request.IsRegeneration, request.IfActive));
    }

    [Fact]
    public void Calls_are_told_with_what_has_become_of_them_each_answer_of_the_model_by_itself()
    {
        var request = Read("""
            {"id":"c","messages":[{"id":"t_1","role":"assistant","parts":[
              {"type":"step-start"},
              {"type":"text","text":"a"},
              {"type":"tool-place","toolCallId":"1","state":"output-available","input":{"x":1},"output":{"y":[2]}},
              {"type":"dynamic-tool","toolName":"pay","toolCallId":"2","state":"output-error","input":{},"errorText":"No."},
              {"type":"text","text":"b"},
              {"type":"dynamic-tool","toolName":"pay","toolCallId":"3","state":"output-denied","input":{},"approval":{"id":"3","approved":false}},
              {"type":"step-start"},
              {"type":"dynamic-tool","toolName":"pay","toolCallId":"4","state":"approval-responded","input":{},"approval":{"id":"4","approved":true,"reason":"fine"}},
              {"type":"tool-place","toolCallId":"5","state":"input-streaming"}]}]}
            """);

        Assert.Equal(
        [
            "assistant: a place(1,{\"x\":1}) pay(2,{})",
            "tool: 1={\"y\":[2]} 2!No.",
            "assistant: b pay(3,{})",
            "tool: 3!The call was denied.",
            "assistant: pay(4,{}) place(5,{})",
        ], GivenHistory.ToMessages(request.Messages).Select(Spell));
        var pending = request.Last.Calls.Single(static call => call.Id == "4");
        Assert.Equal((true, "fine", false), (pending.IsApproved, pending.Reason, pending.IsAnswered));
        Assert.Null(request.Last.Calls.Single(static call => call.Id == "5").IsApproved);
    }

    [Fact]
    public void A_result_of_nothing_is_a_result()
    {
        var call = Assert.Single(Read("""{"id":"c","messages":[{"id":"t","role":"assistant","parts":[{"type":"tool-f","toolCallId":"1","state":"output-available","input":{}}]}]}""").Last.Calls);
        Assert.Equal(("null", true), (call.Output?.GetRawText(), call.IsAnswered));
    }

    [Fact]
    public void A_chat_whose_id_is_none_of_ours_has_one_of_ours_always_the_same()
    {
        Assert.Equal("a-B_9", UIMessageRequestReader.ConversationOf("a-B_9").Value);
        string made = UIMessageRequestReader.ConversationOf("chat/1 ü").Value;
        Assert.Matches("^c_[0-9a-f]{40}$", made);
        Assert.Equal(made, UIMessageRequestReader.ConversationOf("chat/1 ü").Value);
        Assert.NotEqual(made, UIMessageRequestReader.ConversationOf("chat/2 ü").Value);
        Assert.NotEqual(UIMessageRequestReader.ConversationOf(new string('a', 65)), UIMessageRequestReader.ConversationOf(new string('a', 66)));
    }

    [Theory]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData("""{"messages":[]}""", "id is missing")]
    [InlineData("""{"id":"c"}""", "messages is missing")]
    [InlineData("""{"id":"c","messages":[]}""", "messages is empty")]
    [InlineData("""{"id":"c","messages":{}}""", "messages must be an array")]
    [InlineData("""{"id":"c","messages":[1]}""", "messages[0] must be an object")]
    [InlineData("""{"id":"c","messages":[{"role":"tool","parts":[]}]}""", "messages[0].role must be")]
    [InlineData("""{"id":"c","messages":[{"role":"user","content":"Hi"}]}""", "messages[0].parts is missing")]
    [InlineData("""{"id":"c","messages":[{"role":"user","parts":["Hi"]}]}""", "must be an object with a type")]
    [InlineData("""{"id":"c","messages":[{"role":"user","parts":[{"type":"file","mediaType":"application/pdf","url":"https://a"}]}]}""", "no image")]
    [InlineData("""{"id":"c","messages":[{"role":"user","parts":[{"type":"file","mediaType":"image/png","url":"http://a"}]}]}""", "neither https: nor data:")]
    [InlineData("""{"id":"c","messages":[{"role":"user","parts":[{"type":"file","mediaType":"image/png","url":"data:,x"}]}]}""", "neither https: nor data:")]
    [InlineData("""{"id":"c","messages":[{"role":"assistant","parts":[{"type":"tool-","toolCallId":"1"}]}]}""", "without toolCallId or the tool's name")]
    [InlineData("""{"id":"c","message":{"role":"user","parts":[]},"trigger":"resume"}""", "trigger must be")]
    [InlineData("""{"id":"c","message":{"role":"user","parts":[]},"tools":{"a":{}}}""", "tools must be an array")]
    [InlineData("""{"id":"c","id":"d","message":{"role":"user","parts":[]}}""", "not JSON")]
    [InlineData("""{"id":"c","message":{"role":"user","parts":[{"type":"text","text":"\ud800"}]}}""", "surrogate")]
    public void What_is_wrong_is_said(string body, string words)
    {
        var wrong = Assert.Throws<RequestException>(() => Read(body));
        Assert.Contains(words, wrong.Message);
    }

    private static UIMessageRequest Read(string body) => UIMessageRequestReader.Read(Encoding.UTF8.GetBytes(body));

    private static string Spell(ChatMessage message) => $"{message.Role.ToString().ToLowerInvariant()}: {string.Join(' ', message.Parts.Select(static part => part switch
    {
        TextPart text => text.Text,
        ToolCallPart call => $"{call.Name}({call.Id},{call.Arguments})",
        ToolResultPart result => $"{result.Id}{(result.IsError ? '!' : '=')}{result.Result}",
        _ => part.ToString(),
    }))}";
}
