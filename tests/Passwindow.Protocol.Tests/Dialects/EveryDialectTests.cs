using System.Buffers;
using System.Text;
using Passwindow.Protocol.Dialects;
using Passwindow.Testing;
using Passwindow.Testing.Dialects;
using Xunit;

namespace Passwindow.Protocol.Tests.Dialects;

/// <summary>Whatever happens in a turn, every dialect tells the same of it, as far as it has words; and no text becomes a frame.</summary>
public sealed class EveryDialectTests(ITestOutputHelper log)
{
    public static TheoryData<string> Names => [.. Spoken.All.Select(static spoken => spoken.Name)];

    [Fact]
    public void Each_dialect_has_a_reader_here()
    {
        Assert.Equal(Dialect.All.Select(static dialect => dialect.Name).Order(), Spoken.All.Select(static spoken => spoken.Name).Order());
    }

    [Theory, MemberData(nameof(Names))]
    public void Any_turn_means_the_same(string name)
    {
        log.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        var spoken = Spoken.All.Single(each => each.Name == name);
        for (int turn = 0; turn < TestDepth.Rounds(quick: 300, full: 2_000); turn++)
        {
            var events = AnyTurn.Make(random);
            var truth = NativeDecoder.Decode(EventStreamParser.Parse(Frames.Of(Dialect.Native, events)));

            var told = spoken.Decode(Say(name, events, random));

            Assert.Equal($"{spoken.Left(truth, AnyTurn.Context.IsClientTool)}", $"{told}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_turn_whose_end_could_not_be_kept_is_no_whole_answer(string name)
    {
        log.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        var spoken = Spoken.All.Single(each => each.Name == name);
        var notice = new ViewerNotice(ErrorCode.JournalUnavailable, "It could not be\n\nkept.", Retryable: true, EndsTurn: true);
        for (int turn = 0; turn < TestDepth.Rounds(quick: 150, full: 1_000); turn++)
        {
            var events = AnyTurn.Make(random);
            events = events[..random.Next(1, events.FindIndex(static json => Encoding.UTF8.GetString(json) is var text && (text.StartsWith("{\"type\":\"error\"") || text.StartsWith("{\"type\":\"done\""))) + 1)];
            var truth = NativeDecoder.Decode([.. EventStreamParser.Parse(Frames.Of(Dialect.Native, events)), .. EventStreamParser.Parse(Encoding.UTF8.GetBytes(Frames.OfNotice(Dialect.Native, notice)))]);

            var told = spoken.Decode(Say(name, events, random, notice));

            Assert.Equal(spoken.Left(truth, AnyTurn.Context.IsClientTool).Text, told.Text);
            Assert.True(told.End is null or "error", told.End);
        }
    }

    private static List<StreamEvent> Say(string name, List<byte[]> events, Random random, ViewerNotice? notice = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = Dialect.Find(name)!.CreateWriter(AnyTurn.Context);
        foreach (byte[] json in events)
        {
            if (output.WrittenCount > 0 && random.Next(5) == 0)
                writer.WriteHeartbeat(output);
            writer.Write(Commit.Of(Frames.Turn, json), output);
        }

        if (notice is { } told)
            writer.WriteNotice(told, output);
        Assert.DoesNotContain((byte)'\r', output.WrittenSpan.ToArray());
        return EventStreamParser.Parse(output.WrittenSpan);
    }
}
