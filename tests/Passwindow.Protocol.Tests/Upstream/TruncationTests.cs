using System.Text;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Protocol.Tests.Upstream;

/// <summary>An upstream that breaks off is never taken for one that has answered.</summary>
public sealed class TruncationTests
{
    [Theory]
    [InlineData("chat-completions", "copilot-streaming-tools-streaming-tools-smoke")]
    [InlineData("chat-completions", "deepseek-stream-with-tools-1")]
    [InlineData("chat-completions", "perplexity-stream-basic-text-1")]
    [InlineData("chat-completions", "xai-text")]
    [InlineData("anthropic-messages", "anthropic-tools-streaming-with-events-with-content")]
    [InlineData("anthropic-messages", "anthropic-web-fetch-tool-stream")]
    public void Cut_behind_any_event_before_its_end_it_is_truncated_and_no_call_is_asked_for(string api, string name)
    {
        byte[] body = new UpstreamRecording(api, name).Body;
        // By the rules of either API nothing that stands before the last of these can end an answer.
        string text = Encoding.Latin1.GetString(body).ReplaceLineEndings("\n");
        int end = api == "anthropic-messages" ? text.IndexOf("event: message_stop", StringComparison.Ordinal) : FinishingEvent(text);
        Assert.True(end > 0);
        int cuts = 0;
        for (int cut = 0; cut <= end; cut = text.IndexOf("\n\n", cut, StringComparison.Ordinal) is var next and >= 0 ? next + 2 : int.MaxValue)
        {
            var answer = Answer.Read(RecordingTests.Reader(api), Encoding.Latin1.GetBytes(text[..cut]));
            Assert.True(answer.Error?.Code == ErrorCode.UpstreamTruncated && answer.Finish is null && answer.Calls.Count == 0, $"cut at {cut}");
            cuts++;
        }

        Assert.True(cuts > 3);
    }

    [Fact]
    public void Cut_at_any_byte_it_is_truncated_or_malformed_and_never_complete()
    {
        byte[] body = new UpstreamRecording("anthropic-messages", "anthropic-messages-tool-args-unicode-arguments-streaming").Body;
        int end = Encoding.Latin1.GetString(body).IndexOf("data: {\"type\":\"message_stop\"", StringComparison.Ordinal);
        Assert.True(end > 1000);
        for (int cut = 0; cut <= end; cut++)
        {
            var answer = Answer.Read(RecordingTests.Reader("anthropic-messages"), body[..cut]);
            Assert.True(answer.Error?.Code is ErrorCode.UpstreamTruncated or ErrorCode.UpstreamMalformed && answer.Finish is null, $"cut at {cut}");
        }
    }

    private static int FinishingEvent(string text)
    {
        int at = System.Text.RegularExpressions.Regex.Match(text, "\"finish_reason\": ?\"").Index;
        return text.LastIndexOf("data:", at, StringComparison.Ordinal);
    }
}
