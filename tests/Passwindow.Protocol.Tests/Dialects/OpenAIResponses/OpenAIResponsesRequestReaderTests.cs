using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects.OpenAIResponses;

public sealed class OpenAIResponsesRequestReaderTests
{
    [Fact]
    public void A_text_is_what_the_person_wrote()
    {
        var read = Read("""{"model":"up/m","input":"Hello","instructions":"Be brief.","previous_response_id":"resp_1","stream":true,"store":true}""");

        Assert.Equal(("Hello", "up/m", "Be brief.", "resp_1", true, true), (
            read.History.LastQuestion, read.History.Model, read.Instructions, read.PreviousResponse, read.Stream, read.Store == true));
    }

    [Fact]
    public void Items_are_the_messages_they_were_made_of()
    {
        string encrypted = EncryptedReasoning.Pack("sig", null);
        var read = Read($$"""
            {"input":[
              {"role":"developer","content":"Rules."},
              {"role":"user","content":[{"type":"input_text","text":"What is "},{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"low"}]},
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"{{encrypted}}"},
              {"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"of somebody else"},
              {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Let me see.","annotations":[]}]},
              {"type":"function_call","call_id":"1","name":"f","arguments":"{}"},
              {"type":"function_call","call_id":"2","name":"g","arguments":"{\"a\":1}"},
              {"type":"function_call_output","call_id":"1","output":"one"},
              {"type":"function_call_output","call_id":"2","output":[{"type":"input_text","text":"two"}]}]}
            """).History.Messages;

        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool], read.Select(static message => message.Role));
        Assert.Equal([new TextPart("What is "), new ImagePart("data:image/png;base64,AAAA", "low")], read[1].Parts);
        Assert.Equal(
            [new ReasoningPart("hm", "sig", null), new TextPart("Let me see."), new ToolCallPart("1", "f", "{}"), new ToolCallPart("2", "g", "{\"a\":1}")], read[2].Parts);
        Assert.Equal([new ToolResultPart("1", "f", "one", false), new ToolResultPart("2", "g", "two", false)], read[3].Parts);
    }

    [Fact]
    public void How_to_answer_is_said_in_words_that_all_providers_share_and_in_its_own()
    {
        var options = Read("""
            {"input":"x","max_output_tokens":9,"temperature":0.2,"top_p":0.9,"parallel_tool_calls":false,"tool_choice":{"type":"function","name":"f"},"reasoning":{"effort":"low","summary":"auto"},
             "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}},"service_tier":"flex"}
            """).History.Options;

        Assert.Equal((9, 0.2, 0.9, false, new ToolChoice(ToolChoiceKind.One, "f"), "low"), (
            options.MaxOutputTokens, options.Temperature, options.TopP, options.ParallelToolCalls, options.ToolChoice, options.ReasoningEffort));
        Assert.Equal("""{"name":"n","strict":true,"schema":{"type":"object"}}""", options.AnswerSchema?.GetRawText());
        Assert.Equal("flex", options.FieldsFor("OpenAIResponses")?.GetProperty("service_tier").GetString());
    }

    [Fact]
    public void A_tool_of_the_provider_is_told_by_its_type()
    {
        var read = Read("""{"input":"x","tools":[{"type":"function","name":"f","parameters":null,"strict":true},{"type":"web_search"}],"tool_choice":{"type":"web_search"}}""");

        Assert.Equal([new ToolDeclaration("f", null, null) { IsStrict = true }], read.History.Tools);
        Assert.Equal(["web_search"], read.HostedTools);
    }

    [Fact]
    public void A_named_item_is_read_in_its_place_once_it_is_known()
    {
        byte[] body = """{"input":[{"role":"user","content":"a"},{"type":"item_reference","id":"msg_t_1_0"},{"role":"user","content":"b"}]}"""u8.ToArray();
        var item = JsonElement.Parse("""{"id":"msg_t_1_0","type":"message","role":"assistant","content":[{"type":"output_text","text":"said"}],"status":"completed"}""");

        Assert.Equal(["msg_t_1_0"], OpenAIResponsesRequestReader.Read(body).References);
        var read = OpenAIResponsesRequestReader.Read(body, new Dictionary<string, JsonElement> { ["msg_t_1_0"] = item });
        Assert.Equal(["a", "said", "b"], read.History.Messages.Select(static message => ((TextPart)message.Parts.Single()).Text));
        Assert.Equal("input[1].id", Assert.Throws<RequestException>(() => OpenAIResponsesRequestReader.Read(body, new Dictionary<string, JsonElement>())).Param);
    }

    [Theory]
    [InlineData("""{}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":7}""", "input")]
    [InlineData("""{"input":[{"role":"owner","content":"x"}]}""", "input[0].role")]
    [InlineData("""{"input":[{"role":"user"}]}""", "input[0].content")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","file_id":"f"}]}]}""", "input[0].content[0].file_id")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_image","image_url":"http://a/b.png"}]}]}""", "input[0].content[0].image_url")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file","file_id":"f"}]}]}""", "input[0].content[0].type")]
    [InlineData("""{"input":[{"type":"web_search_call","id":"ws_1"}]}""", "input[0].type")]
    [InlineData("""{"input":"x","prompt":{"id":"pmpt_1"}}""", "prompt")]
    [InlineData("""{"input":"x","previous_response_id":"r","conversation":"c"}""", "conversation")]
    [InlineData("""{"input":"x","background":true,"store":false}""", "background")]
    [InlineData("""{"input":"x","temperature":3}""", "temperature")]
    [InlineData("""{"input":"x","max_output_tokens":0}""", "max_output_tokens")]
    [InlineData("""{"input":"x","tool_choice":"maybe"}""", "tool_choice")]
    [InlineData("""{"input":"x","tool_choice":{"type":"web_search"}}""", "tool_choice")]
    [InlineData("""{"input":"x","tools":[{"type":"function"}]}""", "tools[0].name")]
    [InlineData("""{"input":"x","tools":[{"type":"function","name":"f"},{"type":"function","name":"f"}]}""", "tools[1].name")]
    [InlineData("""{"input":"x","text":{"format":{"type":"json_schema","name":"n"}}}""", "text.format.schema")]
    [InlineData("""{"input":"x","metadata":[]}""", "metadata")]
    public void What_is_wrong_is_named(string body, string param) =>
        Assert.Equal(param, Assert.Throws<RequestException>(() => Read(body)).Param);

    private static OpenAIResponsesRequest Read(string body) => OpenAIResponsesRequestReader.Read(Encoding.UTF8.GetBytes(body));
}
