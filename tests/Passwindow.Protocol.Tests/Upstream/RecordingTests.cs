using System.Text.Json.Nodes;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Dialects.OpenAIResponses;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>Every recorded answer is read as the official SDKs read it.</summary>
public sealed class RecordingTests(ITestOutputHelper output)
{
    private const string Chat = "chat-completions";
    private const string Responses = "responses";
    private const string Anthropic = "anthropic-messages";

    // What differs from the references, and why.
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["openai-custom-tool-1"] = "A custom tool's input is plain text: it is told as the model wrote it, and no object.",
    };

    public static TheoryData<string, string> All =>
        [.. new[] { Chat, Responses, Anthropic }.SelectMany(api => UpstreamRecording.NamesOf(api).Select(name => new TheoryDataRow<string, string>(api, name)))];

    [Fact]
    public void There_are_73_chat_completions_37_responses_and_37_anthropic_recordings()
    {
        Assert.Equal(73, UpstreamRecording.NamesOf(Chat).Count());
        Assert.Equal(37, UpstreamRecording.NamesOf(Responses).Count());
        Assert.Equal(37, UpstreamRecording.NamesOf(Anthropic).Count());
    }

    [Theory, MemberData(nameof(All))]
    public void A_recording_cut_at_random_places_gives_what_the_official_SDKs_make_of_it(string api, string name)
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var recording = new UpstreamRecording(api, name);
        Check(recording, Answer.Read(Reader(api), Cut(recording.Body, new Random(seed))));
    }

    [Theory]
    [InlineData(Chat, "openai-tool-lifecycle-matrix-streaming-gpt4o-nested-agent")]
    [InlineData(Chat, "perplexity-sonar-supports-streaming-responses")]
    [InlineData(Chat, "mistral-hybrid-reasoning-streams-thinking-separately-from-content")]
    [InlineData(Responses, "openai-responses-tool-args-unicode-arguments-streaming")]
    [InlineData(Responses, "openrouter-openai-responses-raw-cot-stream-openrouter")]
    [InlineData(Anthropic, "anthropic-messages-tool-args-unicode-arguments-streaming")]
    [InlineData(Anthropic, "anthropic-web-fetch-tool-stream")]
    public void A_recording_read_byte_by_byte_gives_the_same(string api, string name)
    {
        var recording = new UpstreamRecording(api, name);
        Check(recording, Answer.Read(Reader(api), recording.Body.Select(one => new[] { one })));
    }

    internal static UpstreamReader Reader(string api) => api switch
    {
        Chat => new OpenAIChatUpstreamReader(),
        Responses => new OpenAIResponsesUpstreamReader(),
        _ => new AnthropicUpstreamReader(),
    };

    private static IEnumerable<byte[]> Cut(byte[] body, Random random)
    {
        for (int start = 0; start < body.Length;)
        {
            int length = Math.Min(random.Next(1, random.Next(2, 4000)), body.Length - start);
            yield return body[start..(start + length)];
            start += length;
        }
    }

    private static void Check(UpstreamRecording recording, Answer answer)
    {
        var expected = recording.Expected;
        Assert.Equal(expected.Text, answer.Text);
        Assert.Equal(expected.Reasoning, answer.Reasoning);
        Assert.Equal(expected.Refusal ?? "", answer.Refusal);
        CheckCalls(expected, answer, Exceptions.ContainsKey(recording.Name));
        CheckUsage(expected.UsageNormalised, answer.Usage);
        if (expected.Citations is { } citations)
            Assert.Equal(citations, answer.Citations.Count);
        if (expected.Error is null)
        {
            Assert.Null(answer.Error);
            Assert.Equal(Finish(expected), answer.Finish);
            return;
        }

        Assert.Null(answer.Finish);
        Assert.NotNull(answer.Error);
        if (expected.Error.Kind == "incomplete")
            Assert.Equal(ErrorCode.UpstreamTruncated, answer.Error.Code);
        else
            Assert.Contains(answer.Error.Code, new[] { ErrorCode.UpstreamUnavailable, ErrorCode.UpstreamRefused, ErrorCode.UpstreamRateLimited });
        if (expected.Error.Kind == "upstream-error")
        {
            Assert.Contains(expected.Error.Message!, answer.Error.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain(expected.Error.Message!, answer.Error.Message, StringComparison.Ordinal);
        }
    }

    private static void CheckCalls(ExpectedOutcome expected, Answer answer, bool isPlain)
    {
        bool cut = Finish(expected) is FinishReason.Length or FinishReason.ContentFilter;
        if (cut)
        {
            // What was cut is told in pieces and asked for never.
            Assert.Empty(answer.Calls);
            Assert.Equal(expected.ToolCalls.Select(call => call.Arguments), answer.Pieces.Values);
            return;
        }

        // A call without arguments has "" or null in the references; both mean an empty object.
        Assert.Equal(
            expected.ToolCalls.Select(call => (call.Id, call.Name, call.Arguments is "" or "null" ? "{}" : call.Arguments)),
            answer.Calls);
        if (!isPlain)
            Assert.All(answer.Calls, call => Assert.IsType<JsonObject>(JsonNode.Parse(call.Arguments)));
        Assert.All(answer.Pieces, piece => Assert.Equal(answer.Calls.Single(call => call.Id == piece.Key).Arguments, piece.Value));
    }

    private static void CheckUsage(ExpectedUsage? expected, Usage? said)
    {
        if (expected is null)
            return;
        Assert.Equal(expected.Input, said?.InputTokens);
        Assert.Equal(expected.Output, said?.OutputTokens);
        Assert.Equal(expected.Reasoning ?? 0, said?.ReasoningTokens ?? 0);
        Assert.Equal(expected.CachedInput ?? 0, said?.CachedTokens ?? 0);
    }

    private static FinishReason Finish(ExpectedOutcome expected) => expected.FinishReason switch
    {
        "length" or "max_tokens" or "incomplete:max_output_tokens" => FinishReason.Length,
        "content_filter" or "refusal" => FinishReason.ContentFilter,
        "tool_calls" or "tool_use" => FinishReason.ToolCalls,
        "completed" when expected.ToolCalls.Count > 0 => FinishReason.ToolCalls,
        _ => FinishReason.Stop,
    };
}
