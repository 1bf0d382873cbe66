using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Upstream.Reading;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>Which fragment belongs to which call, where servers leave the API's <c>index</c> and <c>id</c> out, repeat them or count differently.</summary>
public sealed class ChatToolCallTests
{
    [Theory]
    // indexes with a hole, interleaved
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":""}}|{"index":7,"id":"b","function":{"name":"g","arguments":""}}|{"index":0,"function":{"arguments":"{\"x\":1}"}}|{"index":7,"function":{"arguments":"{\"y\":2}"}}""", """a f {"x":1}; b g {"y":2}""")]
    // every call has index 0, ids tell them apart
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}|{"index":0,"function":{"arguments":":1}"}}|{"index":0,"id":"b","function":{"name":"f","arguments":"{\"x\":"}}|{"index":0,"function":{"arguments":"2}"}}""", """a f {"x":1}; b f {"x":2}""")]
    // no index at all, whole calls with ids
    [InlineData("""{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"f","arguments":"{}"}}""", "a f {}; b f {}")]
    // no index, pieces go to the call being written
    [InlineData("""{"id":"a","function":{"name":"f","arguments":"{\"x\":"}}|{"function":{"arguments":"1}"}}|{"id":"b","function":{"name":"g"}}|{"function":{"arguments":"{}"}}""", """a f {"x":1}; b g {}""")]
    // id and name in every fragment
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}|{"index":0,"id":"a","function":{"name":"f","arguments":":1}"}}|{"index":0,"id":"a","function":{"name":"f","arguments":""}}""", """a f {"x":1}""")]
    // brackets within strings close nothing
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\"}\\\\\\\"}"}}|{"index":0,"id":"a","function":{"name":"f","arguments":"\"}"}}""", """a f {"x":"}\\\"}"}""")]
    // pieces keyed by id alone, interleaved
    [InlineData("""{"id":"a","function":{"name":"f","arguments":"{\"x\""}}|{"id":"b","function":{"name":"g","arguments":"{\"y\""}}|{"id":"a","function":{"arguments":":1}"}}|{"id":"b","function":{"arguments":":2}"}}""", """a f {"x":1}; b g {"y":2}""")]
    // an index that no call began with
    [InlineData("""{"index":1,"id":"a","function":{"name":"f","arguments":"{\"x\""}}|{"index":0,"function":{"arguments":":1}"}}""", """a f {"x":1}""")]
    // the id comes after the name
    [InlineData("""{"index":0,"function":{"name":"f"}}|{"index":0,"id":"late","function":{"arguments":"{}"}}""", "late f {}")]
    // arguments as JSON, not as a string of it
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":{"x":[1,{"y":2}]}}}""", """a f {"x":[1,{"y":2}]}""")]
    // null, empty and no arguments
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":null}},{"index":1,"id":"b","function":{"name":"f","arguments":""}},{"index":2,"id":"c","function":{"name":"f"}},{"index":3,"id":"d","function":{"name":"f","arguments":"null"}}""", "a f {}; b f {}; c f {}; d f {}")]
    // broken arguments are the model's own
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}}""", "a f {\"x\":")]
    // fragments that say nothing
    [InlineData("""null,{},{"index":3,"function":{"arguments":""}},{"index":0,"id":"a","function":{"name":"f"}}""", "a f {}")]
    public void Fragments_are_put_together_and_calls_never_melt(string chunks, string expected)
    {
        var answer = Read(chunks);
        Assert.Null(answer.Error);
        Assert.Equal(expected, string.Join("; ", answer.Calls.Select(call => $"{call.Id} {call.Name} {call.Arguments}")));
        Assert.Equal(FinishReason.ToolCalls, answer.Finish);
    }

    [Theory]
    // without ids: whole calls, with index, without, with the same index
    [InlineData("""{"index":0,"function":{"name":"f","arguments":"{}"}}|{"index":1,"function":{"name":"f","arguments":"{}"}}""")]
    [InlineData("""{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"{}"}}""")]
    [InlineData("""{"function":{"name":"f"}}|{"function":{"name":"f"}}""")]
    [InlineData("""{"index":0,"function":{"name":"f","arguments":"{}"}}|{"index":0,"function":{"name":"f","arguments":"{}"}}""")]
    // the same id twice
    [InlineData("""{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}|{"index":1,"id":"a","function":{"name":"f","arguments":"{}"}}""")]
    [InlineData("""{"id":"a","function":{"name":"f","arguments":"{}"}}|{"id":"a","function":{"name":"f","arguments":"{}"}}""")]
    public void A_missing_or_repeated_id_is_replaced_by_one_of_its_own(string chunks)
    {
        var answer = Read(chunks);
        Assert.Equal(["f {}", "f {}"], answer.Calls.Select(call => $"{call.Name} {call.Arguments}"));
        Assert.Equal(2, answer.Calls.Select(call => call.Id).Where(id => id.Length > 0).Distinct().Count());
    }

    [Fact]
    public void Pieces_of_a_call_with_a_repeated_id_find_it_by_both()
    {
        var answer = Read("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}},{"index":1,"id":"a","function":{"name":"f","arguments":"{\"y\""}}|{"index":0,"id":"a","function":{"arguments":":1}"}},{"index":1,"id":"a","function":{"arguments":":2}"}}""");
        Assert.Equal(["""{"x":1}""", """{"y":2}"""], answer.Calls.Select(call => call.Arguments));
    }

    [Fact]
    public void Arguments_in_one_piece_are_not_told_in_pieces()
    {
        Assert.Empty(Read("""{"index":0,"id":"a","function":{"name":"f","arguments":""}}|{"index":0,"function":{"arguments":"{\"x\":1}"}}""").Pieces);
    }

    [Fact]
    public void Arguments_in_several_pieces_are_told_from_the_second_on()
    {
        var answer = Read("""{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}|{"index":0,"function":{"arguments":"\"x\":"}}|{"index":0,"function":{"arguments":"1}"}}""");
        Assert.Equal("""{"x":1}""", answer.Pieces["a"]);
        Assert.Equal(2, answer.PieceEvents);
    }

    [Fact]
    public void A_call_in_pieces_of_one_byte_is_whole()
    {
        const string arguments = """{"text":"ä\\u20ac"}""";
        var pieces = arguments.Select(letter => $$$"""{"index":0,"function":{"arguments":{{{System.Text.Json.JsonSerializer.Serialize(letter.ToString())}}}}}""");
        var answer = Read("""{"index":0,"id":"a","function":{"name":"f"}}|""" + string.Join('|', pieces));
        Assert.Equal(arguments, Assert.Single(answer.Calls).Arguments);
        Assert.Equal(arguments, answer.Pieces["a"]);
    }

    [Fact]
    public void A_call_that_a_limit_cut_is_told_but_not_asked_for_and_a_whole_one_before_it_is()
    {
        var answer = Read("""{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}|{"index":1,"id":"b","function":{"name":"g","arguments":"{\"y\":"}}""", finish: "length");
        Assert.Equal("a", Assert.Single(answer.Calls).Id);
        Assert.Equal("{\"y\":", answer.Pieces["b"]);
        Assert.Equal(FinishReason.Length, answer.Finish);
    }

    [Fact]
    public void The_legacy_function_call_is_one_call()
    {
        var answer = Answer.Read(new OpenAIChatUpstreamReader(), """
            data: {"choices":[{"index":0,"delta":{"function_call":{"name":"f","arguments":"{\"x\""}}}]}

            data: {"choices":[{"index":0,"delta":{"function_call":{"arguments":":1}"}},"finish_reason":"function_call"}]}

            data: [DONE]


            """);
        var (id, name, arguments) = Assert.Single(answer.Calls);
        Assert.StartsWith("call_", id);
        Assert.Equal(("f", """{"x":1}"""), (name, arguments));
        Assert.Equal(FinishReason.ToolCalls, answer.Finish);
    }

    [Fact]
    public void A_finish_of_stop_with_calls_is_tool_calls_and_of_tool_calls_without_any_is_stop()
    {
        Assert.Equal(FinishReason.ToolCalls, Read("""{"index":0,"id":"a","function":{"name":"f"}}""", finish: "stop").Finish);
        Assert.Equal(FinishReason.Stop, Read("", finish: "tool_calls").Finish);
    }

    [Fact]
    public void Two_hundred_parallel_calls_are_read_and_one_more_than_the_limit_is_refused()
    {
        Assert.Equal(200, Read(Calls(200)).Calls.Count);
        Assert.Equal(ErrorCode.UpstreamMalformed, Read(Calls(ToolCallAssembler.MaxCalls + 1)).Error?.Code);

        static string Calls(int count) =>
            string.Join('|', Enumerable.Range(0, count).Select(i => $$$"""{"index":{{{i}}},"id":"c{{{i}}}","function":{"name":"f","arguments":"{}"}}"""));
    }

    [Fact]
    public void A_call_without_a_name_is_malformed() =>
        Assert.Equal(ErrorCode.UpstreamMalformed, Read("""{"index":0,"id":"a","function":{"arguments":"{\"x\":1}"}}""").Error?.Code);

    /// <param name="chunks">Items of <c>tool_calls</c>; a bar begins the next chunk.</param>
    /// <param name="finish">The finish reason.</param>
    private static Answer Read(string chunks, string finish = "tool_calls") => Answer.Read(
        new OpenAIChatUpstreamReader(),
        string.Concat(chunks.Split('|').Select(calls => $$$"""data: {"choices":[{"index":0,"delta":{"tool_calls":[{{{calls}}}]},"finish_reason":null}]}""" + "\n\n"))
            + $$$"""data: {"choices":[{"index":0,"delta":{},"finish_reason":"{{{finish}}}"}]}""" + "\n\ndata: [DONE]\n\n");
}
