using System.Text;
using System.Text.Json;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

/// <summary>Whatever the order of a turn's events, no client throws at what it is sent, and the text is the turn's.</summary>
public sealed class UIMessageAnyTurnTests(ITestOutputHelper log)
{
    private const int Turns = 3_000;

    [Fact]
    public void Any_turn_is_a_stream_that_the_strictest_client_reads()
    {
        int seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (int turn = 0; turn < Turns; turn++)
        {
            var (events, text) = Compose(random);
            string[] chunks = UIMessageStream.Chunks(UIMessageStream.Write(UIMessageStream.Writer(null, null, "client"), events));

            UIMessageStream.Check(chunks);
            var deltas = chunks[..^1].Select(static chunk => JsonElement.Parse(chunk)).Where(static chunk => chunk.GetProperty("type").GetString() == "text-delta");
            Assert.Equal(text, string.Concat(deltas.Select(static chunk => chunk.GetProperty("delta").GetString())));
        }
    }

    private static (List<string> Events, string Text) Compose(Random random)
    {
        using var writer = new EventWriter();
        var events = new List<string> { UIMessageStream.Start };
        var text = new StringBuilder();
        int length = random.Next(20);
        for (long seq = 2; seq < length + 2; seq++)
        {
            string id = random.Next(4).ToString(System.Globalization.CultureInfo.InvariantCulture);
            string name = random.Next(2) == 0 ? "client" : "server";
            string piece = random.Next(3) == 0 ? "" : $"{seq} \"\n";
            byte[] said = Encoding.UTF8.GetBytes(piece);
            switch (random.Next(11))
            {
                case 0 or 1:
                    text.Append(piece);
                    events.Add(Encoding.UTF8.GetString(writer.Token(seq, said)));
                    break;
                case 2:
                    events.Add(Encoding.UTF8.GetString(writer.Reasoning(seq, said, random.Next(2) == 0 ? "s" : null)));
                    break;
                case 3:
                    events.Add(Encoding.UTF8.GetString(writer.ToolArguments(seq, id, name, said)));
                    break;
                case 4:
                    events.Add(Encoding.UTF8.GetString(writer.ToolCall(seq, id, name, "{}"u8, random.Next(2) == 0)));
                    break;
                case 5:
                    events.Add(Encoding.UTF8.GetString(writer.ToolResult(seq, id, name, "[1]"u8, 1)));
                    break;
                case 6:
                    events.Add(Encoding.UTF8.GetString(writer.ToolError(seq, id, name, "No.", 1)));
                    break;
                case 7:
                    events.Add(Encoding.UTF8.GetString(writer.Action(seq, id, """{"type":"theme"}"""u8)));
                    break;
                case 8:
                    events.Add(Encoding.UTF8.GetString(writer.Citation(seq, """{"url":"https://a"}"""u8)));
                    break;
                case 9:
                    events.Add(Encoding.UTF8.GetString(writer.Seam(seq, "failover", "m")));
                    break;
                default:
                    events.Add(Encoding.UTF8.GetString(writer.SuggestedQuestions(seq, ["a?"])));
                    break;
            }
        }

        var reason = (FinishReason)random.Next(Enum.GetValues<FinishReason>().Length);
        events.Add(Encoding.UTF8.GetString(writer.Usage(length + 2, new Usage { InputTokens = 1 }, 2, 3)));
        if (reason == FinishReason.Error)
            events.Add(Encoding.UTF8.GetString(writer.Error(length + 3, ErrorCode.Internal, "No.", retryable: true)));
        events.Add(Encoding.UTF8.GetString(writer.Done(length + 4, reason)));
        return (events, text.ToString());
    }
}
