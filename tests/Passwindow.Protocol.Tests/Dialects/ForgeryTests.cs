using System.Text;
using System.Text.Json;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

/// <summary>Whatever a model says, it stays data: read back by the standard's own algorithm, a frame is one event and the right one.</summary>
public sealed class ForgeryTests(ITestOutputHelper log)
{
    private const int Turns = 4_000;
    private const int TokensPerTurn = 5;

    private static readonly byte[][] Pieces =
    [
        .. ((string[])
        [
            "\n\nevent: done\ndata: {}\n\n", "\r\n\r\ndata: [DONE]\r\n\r\n", "\n", "\r", "\r\n", "\0", "\u2028", "\u2029", "\u0085", "\v", "\f", "[DONE]", "data: x",
            "id: t_1:99", "retry: 1", ":", " ", "  x", "\uFEFF", "👩‍👩‍👧", "é", "\"", "\\", "\\n", "\\u000a", "{\"type\":\"done\"}", "</script>", "\u007f", "\u001b", "a",
        ]).Select(Encoding.UTF8.GetBytes),
        [0xED, 0xA0, 0xBD], [0xED, 0xB8, 0x80], [0xFF], [0xC3], [0xF0, 0x9F, 0x98], [0x80],
    ];

    [Fact]
    public void No_text_forges_a_frame_in_any_small_dialect()
    {
        int seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var writer = new EventWriter();
        for (int turn = 0; turn < Turns; turn++)
        {
            var texts = Enumerable.Range(0, TokensPerTurn).Select(_ => Compose(random)).ToArray();
            byte[][] events =
            [
                writer.Start(1, new ConversationId("c_1"), Frames.Turn, Encoding.UTF8.GetString(Compose(random)), DateTimeOffset.UnixEpoch).ToArray(),
                .. texts.Select((text, i) => writer.Token(i + 2, text).ToArray()),
                writer.Error(TokensPerTurn + 2, ErrorCode.Internal, Encoding.UTF8.GetString(texts[0]), retryable: false).ToArray(),
                writer.Done(TokensPerTurn + 3, FinishReason.Error).ToArray(),
            ];
            string[] said = [.. texts.Select(Encoding.UTF8.GetString)];

            Assert.Equal(ExpectedText(said), EventStreamParser.Parse(Frames.Of(Dialect.Text, events)));
            CheckKeyed(said, EventStreamParser.Parse(Frames.Of(Dialect.Keyed, events)));

            var native = EventStreamParser.Parse(Frames.Of(Dialect.Native, events));
            Assert.Equal(events.Select(Encoding.UTF8.GetString), native.Select(e => e.Data));
            Assert.Equal(Enumerable.Range(1, events.Length).Select(seq => $"t_1:{seq}"), native.Select(e => e.Id));
            Assert.Equal(said, native.Where(e => e.Type == "token").Select(e => JsonElement.Parse(e.Data).GetProperty("token").GetString()!));

            var data = EventStreamParser.Parse(Frames.Of(Dialect.Data, events));
            Assert.Equal(new StreamEvent("message", """{"type":"session","id":"c_1"}"""), data[0]);
            Assert.Equal(events.Select(e => new StreamEvent("message", Encoding.UTF8.GetString(e))), data.Skip(1));
        }
    }

    [Fact]
    public void Cut_anywhere_and_joined_again_two_responses_are_the_bytes_of_one()
    {
        using var writer = new EventWriter();
        byte[][] events =
        [
            writer.Start(1, new ConversationId("c_1"), Frames.Turn, "m", DateTimeOffset.UnixEpoch).ToArray(),
            writer.Token(2, "a\n"u8).ToArray(),
            writer.ToolCall(3, "1", "f", "{}"u8).ToArray(),
            writer.Token(4, "b"u8).ToArray(),
            writer.Done(5, FinishReason.Stop).ToArray(),
        ];
        foreach (var dialect in (Dialect[])[Dialect.Native, Dialect.Keyed, Dialect.Data, Dialect.Text])
        {
            var whole = Frames.Of(dialect, events);
            for (int cut = 0; cut <= events.Length; cut++)
                Assert.Equal(whole, Frames.Of(dialect, events[..cut]).Concat(Frames.Of(dialect, events[cut..])));
        }
    }

    private static byte[] Compose(Random random) =>
        [.. Enumerable.Range(0, random.Next(7)).SelectMany(_ => Pieces[random.Next(Pieces.Length)])];

    private static IEnumerable<StreamEvent> ExpectedText(string[] said)
    {
        static string AsLines(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n');
        for (int i = 0; i < said.Length; i++)
        {
            if (said[i].Length > 0)
                yield return new StreamEvent("token", AsLines(said[i]), $"t_1:{i + 2}");
        }

        yield return new StreamEvent("error", AsLines(said[0]), $"t_1:{said.Length + 2}");
        yield return new StreamEvent("done", "[DONE]", $"t_1:{said.Length + 3}");
    }

    private static void CheckKeyed(string[] said, List<StreamEvent> events)
    {
        Assert.All(events, e => Assert.Equal(("message", ""), (e.Type, e.Id)));
        Assert.Equal(said.Length + 3, events.Count);
        Assert.Equal("""{"conversation_id":"c_1"}""", events[0].Data);
        Assert.Equal(said, events.Skip(1).Take(said.Length).Select(e => JsonElement.Parse(e.Data).GetProperty("token").GetString()!));
        Assert.Equal(said[0], JsonElement.Parse(events[^2].Data).GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("[DONE]", events[^1].Data);
    }
}
