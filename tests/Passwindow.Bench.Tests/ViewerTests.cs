using System.Text;
using Passwindow.Bench.Load;
using Passwindow.Bench.Load.Provider;
using Passwindow.Bench.Load.Viewers;
using Xunit;

namespace Passwindow.Bench.Tests;

/// <summary>What the viewers of the load make of a response: a figure is worth no more than they are.</summary>
public class ViewerTests
{
    [Fact]
    public void Stamps_are_found_wherever_a_body_is_cut_in_two()
    {
        byte[] body = Body();
        for (int cut = 0; cut <= body.Length; cut++)
            Assert.Equal(Expected, Read(body.AsSpan(0, cut), body.AsSpan(cut)));
    }

    [Fact]
    public void Stamps_are_found_in_a_body_that_comes_byte_by_byte()
    {
        var reader = new BodyReader();
        var scanner = new StampScanner();
        var found = new List<(long, int)>();
        byte[] body = Body();
        for (int i = 0; i < body.Length; i++)
            Take(reader, scanner, body.AsSpan(i, 1), found);
        Assert.Equal(Expected, found);
        Assert.True(reader.IsOver);
    }

    [Fact]
    public void A_body_without_its_last_chunk_is_not_over()
    {
        var reader = new BodyReader();
        Take(reader, new StampScanner(), Body().AsSpan()[..^2], []);
        Assert.False(reader.IsOver);
    }

    [Fact]
    public void What_begins_like_a_stamp_does_not_hide_the_one_behind_it()
    {
        var scanner = new StampScanner();
        ReadOnlySpan<byte> text = Encoding.ASCII.GetBytes("@12 @@" + StampOf(7, 3));
        Assert.True(scanner.TryTake(ref text, out long time, out int number));
        Assert.Equal((7, 3), (time, number));
        Assert.False(scanner.TryTake(ref text, out _, out _));
    }

    [Fact]
    public void Tokens_that_leave_together_have_one_time_and_numbers_of_their_own()
    {
        foreach (var api in ProviderApi.All)
        {
            var found = new List<(long, int)>();
            byte[] response = [.. api.Head.AsSpan(api.Head.AsSpan().IndexOf("\r\n\r\n"u8) + 4), .. api.Tokens(41, 3, 12_345), .. api.End];
            var reader = new BodyReader();
            Take(reader, new StampScanner(), response, found);
            Assert.Equal([(12_345, 41), (12_345, 42), (12_345, 43)], found);
            Assert.True(reader.IsOver);
        }
    }

    private static readonly List<(long, int)> Expected = [(1_234_567_890_123, 0), (1_234_567_890_456, 1)];

    private static string StampOf(long time, int number)
    {
        byte[] stamp = Encoding.ASCII.GetBytes(Stamp.Blank);
        Stamp.WriteTime(stamp, time);
        Stamp.WriteNumber(stamp, number);
        return Encoding.ASCII.GetString(stamp);
    }

    /// <summary>Two stamps; a chunk's border goes through the second.</summary>
    private static byte[] Body()
    {
        string frames = $"data: {StampOf(1_234_567_890_123, 0)}\n\ndata: {StampOf(1_234_567_890_456, 1)}\n\n";
        int border = frames.Length - 10;
        return Encoding.ASCII.GetBytes($"{border:x};extension=1\r\n{frames[..border]}\r\n{frames.Length - border:X}\r\n{frames[border..]}\r\n0\r\n\r\n");
    }

    private static List<(long, int)> Read(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var reader = new BodyReader();
        var scanner = new StampScanner();
        var found = new List<(long, int)>();
        Take(reader, scanner, first, found);
        Take(reader, scanner, second, found);
        return found;
    }

    private static void Take(BodyReader reader, StampScanner scanner, ReadOnlySpan<byte> bytes, List<(long, int)> found)
    {
        while (reader.Next(ref bytes) is { IsEmpty: false } data)
        {
            while (scanner.TryTake(ref data, out long time, out int number))
                found.Add((time, number));
        }
    }
}
