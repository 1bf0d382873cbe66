using System.Text;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>What goes wrong in a Chat Completions stream, and how it ends.</summary>
public sealed class ChatFaultTests
{
    private const string Hello = """data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]}""" + "\n\n";
    private const string Stop = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";
    private const string Done = "data: [DONE]\n\n";

    [Theory]
    [InlineData(Hello + Done)]
    [InlineData(Hello)]
    [InlineData(Done)]
    [InlineData("")]
    [InlineData(": ping\n\n")]
    public void Without_a_finish_reason_the_answer_broke_off(string stream)
    {
        var answer = Read(stream);
        Assert.Equal(ErrorCode.UpstreamTruncated, answer.Error?.Code);
        Assert.Null(answer.Finish);
    }

    [Theory]
    [InlineData(Hello + Stop)]
    [InlineData(Hello + Stop + Done)]
    [InlineData(Hello + Stop + Done + Done)]
    [InlineData(Hello + Stop + Done + Hello)]
    [InlineData(Hello + Stop + Done + "data: {broken\n\n")]
    [InlineData(Hello + Stop + "data: [DONE]")]
    public void A_finish_reason_ends_it_and_what_comes_after_DONE_is_not_read(string stream)
    {
        var answer = Read(stream);
        Assert.Null(answer.Error);
        Assert.Equal(("Hello", FinishReason.Stop), (answer.Text, answer.Finish));
    }

    [Fact]
    public void A_server_that_says_stop_in_every_chunk_is_read_to_its_end()
    {
        var answer = Read(string.Concat("one two three".Split(' ').Select(word =>
            $$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{word}}}"},"finish_reason":"stop"}]}""" + "\n\n")));
        Assert.Equal(("onetwothree", FinishReason.Stop), (answer.Text, answer.Finish));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}]""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x"}}]} trailing""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"x","content":"y"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant","role":"user"}}]}""")]
    [InlineData("<html><body>502 Bad Gateway</body></html>")]
    [InlineData("[1,2]")]
    [InlineData("\"text\"")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"\ud83"}}]}""")]
    public void What_is_not_a_JSON_object_is_malformed_and_says_nothing(string data)
    {
        var answer = Read($"{Hello}data: {data}\n\n{Stop}{Done}");
        Assert.Equal(ErrorCode.UpstreamMalformed, answer.Error?.Code);
        Assert.Equal("Hello", answer.Text);
        Assert.Null(answer.Finish);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Nesting_of_a_hundred_thousand_is_malformed(char open, char close)
    {
        string nested = open == '[' ? new string(open, 100_000) + new string(close, 100_000) : string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string(close, 100_000);
        Assert.Equal(ErrorCode.UpstreamMalformed, Read($"data: {{\"x\":{nested}}}\n\n").Error?.Code);
    }

    [Theory]
    [InlineData("""{"type":"keepalive"}""")]
    [InlineData("""{"choices":[],"usage":null}""")]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":[null,1,{}]}""")]
    [InlineData("""{"choices":[{"index":1,"delta":{"content":"other"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":null}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":null,"role":"assistant"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":42,"tool_calls":{},"annotations":"x","reasoning_details":[1]}}]}""")]
    [InlineData("""{"error":null,"choices":[]}""")]
    [InlineData("")]
    public void What_says_nothing_is_skipped(string data)
    {
        var answer = Read($"{Hello}data: {data}\n\n{Stop}{Done}");
        Assert.Null(answer.Error);
        Assert.Equal("Hello", answer.Text);
    }

    [Theory]
    [InlineData("""{"error":{"message":"secret","type":"server_error","code":null}}""", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("""{"error":{"message":"secret","code":502}}""", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("""{"error":{"message":"secret","code":429}}""", ErrorCode.UpstreamRateLimited, true)]
    [InlineData("""{"error":{"message":"secret","code":"429"}}""", ErrorCode.UpstreamRateLimited, true)]
    [InlineData("""{"error":{"message":"secret","type":"rate_limit_error"}}""", ErrorCode.UpstreamRateLimited, true)]
    [InlineData("""{"error":{"message":"secret","code":"insufficient_quota"}}""", ErrorCode.UpstreamRateLimited, false)]
    [InlineData("""{"error":{"message":"secret","type":"invalid_request_error"}}""", ErrorCode.UpstreamRefused, false)]
    [InlineData("""{"error":{"message":"secret","status_code":400}}""", ErrorCode.UpstreamRefused, false)]
    [InlineData("""{"error":"secret"}""", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("""{"object":"error","message":"secret","code":400}""", ErrorCode.UpstreamRefused, false)]
    [InlineData("""{"error":{"message":"secret"},"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}""", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"secret"},"finish_reason":"error"}]}""", ErrorCode.UpstreamUnavailable, true)]
    [InlineData("""{"choices":[{"index":0,"error":{"message":"secret","code":503},"finish_reason":"stop"}]}""", ErrorCode.UpstreamUnavailable, true)]
    public void An_error_in_the_stream_is_told_by_its_code_and_its_words_go_to_the_log(string data, ErrorCode code, bool retryable)
    {
        var answer = Read($"{Hello}data: {data}\n\n{Stop}{Done}");
        Assert.Equal((code, retryable), (answer.Error!.Code, answer.Error.IsRetryable));
        Assert.DoesNotContain("secret", answer.Error.Message, StringComparison.Ordinal);
        Assert.Contains("secret", answer.Error.Detail, StringComparison.Ordinal);
        Assert.Equal("Hello", answer.Text);
        Assert.Null(answer.Finish);
    }

    [Theory]
    [InlineData("""{"message":"secret","code":500}""")]
    [InlineData("""{"error":{"message":"secret"}}""")]
    [InlineData("secret in plain text")]
    public void An_event_named_error_is_an_error_whatever_its_data_is(string data)
    {
        var answer = Read($"{Hello}event: error\ndata: {data}\n\n");
        Assert.Equal(ErrorCode.UpstreamUnavailable, answer.Error?.Code);
        Assert.Contains("secret", answer.Error!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":5}""", null, 5)]
    [InlineData("""{"prompt_tokens":1e400,"completion_tokens":5}""", null, 5)]
    [InlineData("""{"prompt_tokens":99999999999999999999999999,"completion_tokens":5}""", null, 5)]
    [InlineData("""{"prompt_tokens":"7","completion_tokens":5.0}""", null, 5)]
    [InlineData("""{"prompt_tokens":{},"completion_tokens":[]}""", null, null)]
    public void A_count_that_cannot_be_one_counts_as_not_said(string usage, int? input, int? output)
    {
        var answer = Read($"{Hello}{Stop}data: {{\"choices\":[],\"usage\":{usage}}}\n\n{Done}");
        Assert.Null(answer.Error);
        Assert.Equal((input, output), ((int?)answer.Usage?.InputTokens, (int?)answer.Usage?.OutputTokens));
    }

    [Fact]
    public void A_pair_cut_over_two_deltas_is_joined_within_its_own_run_of_text()
    {
        var answer = Read(Deltas(
            """{"content":"a\ud83d"}""", """{"reasoning":"r\ud83d"}""", """{"content":"\ude00b"}""", """{"reasoning":"\ude01"}""") + Stop + Done);
        Assert.Equal(("a😀b", "r😁"), (answer.Text, answer.Reasoning));
    }

    [Theory]
    [InlineData("""{"content":"a\ud83d"}""", """{"content":"b"}""", "a\uFFFDb")]
    [InlineData("""{"content":"a\ud83d"}""", """{"content":"\ud83d\ude00"}""", "a\uFFFD😀")]
    [InlineData("""{"content":"\ude00a"}""", """{"content":"b\ud83d"}""", "\uFFFDab\uFFFD")]
    [InlineData("""{"content":"\ud83d"}""", """{"content":""}""", "\uFFFD")]
    public void A_half_that_stays_alone_becomes_a_replacement_character(string first, string second, string expected)
    {
        Assert.Equal(expected, Read(Deltas(first, second) + Stop + Done).Text);
        Assert.Equal(expected, Read(Deltas(first, second)).Text); // also where the answer breaks off
    }

    [Fact]
    public void A_pair_cut_within_arguments_is_joined()
    {
        var answer = Read(Deltas(
            """{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\"\ud83d"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"\ude00\"}"}}]}""") + Stop + Done);
        Assert.Equal("""{"x":"😀"}""", Assert.Single(answer.Calls).Arguments);
    }

    [Fact]
    public void Odd_characters_are_kept_exactly_and_invalid_bytes_replaced()
    {
        Assert.Equal("\0\u2028\u001b[31m\u202e\ufffe\"\\/", Read(Deltas("""{"content":"\u0000\u2028\u001b[31m\u202e\ufffe\"\\\/"}""") + Stop).Text);
        byte[] stream = [.. Encoding.UTF8.GetBytes("""data: {"choices":[{"index":0,"delta":{"content":"ä"""), 0xFF, .. Encoding.UTF8.GetBytes("ö\"},\"finish_reason\":\"stop\"}]}\n\n")];
        Assert.Equal("ä\uFFFDö", Answer.Read(new OpenAIChatUpstreamReader(), stream).Text);
    }

    [Fact]
    public void A_stream_of_two_kilobytes_is_read_the_same_whatever_its_cut()
    {
        byte[] stream = Encoding.UTF8.GetBytes("\uFEFF" + string.Concat(Enumerable.Range(0, 12).Select(i =>
            Deltas($$"""{"content":"ä€{{i}} 😀\ud83d"}""", """{"content":"\ude00\r\n"}""").Replace("\n", i % 3 == 0 ? "\r\n" : i % 3 == 1 ? "\r" : "\n"))) + Stop + Done);
        Assert.InRange(stream.Length, 1900, 2600);
        string whole = Answer.Read(new OpenAIChatUpstreamReader(), stream).Text;
        Assert.Contains("ä€11 😀😀\r\n", whole, StringComparison.Ordinal);
        for (int cut = 0; cut <= stream.Length; cut++)
        {
            var answer = Answer.Read(new OpenAIChatUpstreamReader(), stream[..cut], stream[cut..]);
            Assert.True(answer.Text == whole && answer.Finish == FinishReason.Stop, $"cut at {cut}");
        }
    }

    [Fact]
    public void A_text_delta_costs_one_small_record()
    {
        var reader = new OpenAIChatUpstreamReader();
        byte[] data = Encoding.UTF8.GetBytes("""{"id":"x","choices":[{"index":0,"delta":{"content":"Hello, \"world\""},"finish_reason":null}]}""");
        var said = new List<ChatEvent>(16);
        for (int i = 0; i < 100; i++)
            Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
            Read();
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0, 1, 64);

        void Read()
        {
            said.Clear();
            reader.Read(new SseEvent([], data), said);
        }
    }

    private static string Deltas(params string[] deltas) =>
        string.Concat(deltas.Select(delta => $$$"""data: {"choices":[{"index":0,"delta":{{{delta}}},"finish_reason":null}]}""" + "\n\n"));

    private static Answer Read(string stream) => Answer.Read(new OpenAIChatUpstreamReader(), stream);
}
