using System.Buffers;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Tests.Upstream;

/// <summary>The smallest API there can be, so that these tests test the connection: each event's data is text, <c>[DONE]</c> ends.</summary>
internal sealed class PlainApi : UpstreamReader
{
    public const string Key = "sk-secret-0123456789";

    public static UpstreamApi Api { get; } = new(
        "Plain",
        "chat/completions",
        static (request, output) => output.Write(Encoding.UTF8.GetBytes($$"""{"model":"{{request.Model}}","padding":"{{new string('x', request.Options.MaxOutputTokens ?? 0)}}"}""")),
        static () => new PlainApi(),
        static key => key is null ? [] : [new("Authorization", $"Bearer {key}"), new("x-api-key", key)]);

    public static ChatRequest Question { get; } = new("m", [ChatMessage.Of(ChatRole.User, "Hi")], []);

    public static byte[] Frame(string data) => Encoding.UTF8.GetBytes($"data: {data}\n\n");

    public static byte[] Whole { get; } = [.. Frame("Hel"), .. Frame("lo"), .. Frame("[DONE]")];

    private protected override void ReadEvent(ReadOnlySpan<byte> bytes, bool isError, ICollection<ChatEvent> said)
    {
        var data = Encoding.UTF8.GetString(bytes);
        if (data.StartsWith("fail", StringComparison.Ordinal))
            throw new UpstreamException(ErrorCode.UpstreamUnavailable, "It failed.", retryable: true) { Detail = data };

        if (data == "[DONE]")
        {
            IsComplete = true;
            said.Add(new AnswerEnded(FinishReason.Stop));
        }
        else
        {
            said.Add(new TextDelta(Encoding.UTF8.GetBytes(data)));
        }
    }

    private protected override void ReadEnd(ICollection<ChatEvent> said) =>
        throw new UpstreamException(ErrorCode.UpstreamTruncated, "The answer broke off. Try again.", retryable: true);

    private protected override void ReadWhole(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        said.Add(new TextDelta(json.ToArray()));
        said.Add(new AnswerEnded(FinishReason.Stop));
    }
}
