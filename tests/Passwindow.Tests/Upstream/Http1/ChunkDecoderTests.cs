using System.Text;
using Passwindow.Testing;
using Passwindow.Upstream.Http1;
using Xunit;

namespace Passwindow.Tests.Upstream.Http1;

public sealed class ChunkDecoderTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Bodies => new()
    {
        { "5\r\nHello\r\n0\r\n\r\n", "Hello" },
        { "3\r\nHel\r\n2\r\nlo\r\n0\r\n\r\n", "Hello" },
        { "0\r\n\r\n", "" },
        { "000\r\n\r\n", "" },
        { "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789" },
        { "1c\r\n0\r\n\r\nthis is data, no end\n\n\r\r\n0\r\n\r\n", "0\r\n\r\nthis is data, no end\n\n\r" },
        { "00000000000001B\r\nabcdefghijklmnopqrstuvwxyz!\r\n0\r\n\r\n", "abcdefghijklmnopqrstuvwxyz!" },
        { "5;name=\"a;b\";other\r\nHello\r\n0;last\r\n\r\n", "Hello" },
        { "5 ; name\r\nHello\r\n0\t\r\n\r\n", "Hello" },
        { "5\r\nHello\r\n0\r\nX-Sum: 5\r\nX-Other: \r\n\r\n", "Hello" },
        { "5\nHello\n0\n\n", "Hello" },
        { "5;a\nHello\r\n0\nX-Sum: 5\n\n", "Hello" },
    };

    [Theory, MemberData(nameof(Bodies))]
    public void A_body_cut_in_two_at_any_byte_is_the_same(string body, string data)
    {
        for (int cut = 0; cut <= body.Length; cut++)
            Assert.Equal((data, ""), Decode(body[..cut], body[cut..]));
    }

    [Theory, MemberData(nameof(Bodies))]
    public void A_body_that_comes_byte_by_byte_is_the_same(string body, string data) =>
        Assert.Equal((data, ""), Decode([.. body.Select(static one => $"{one}")]));

    [Theory, MemberData(nameof(Bodies))]
    public void What_comes_behind_the_end_is_not_taken_wherever_the_body_was_cut(string body, string data)
    {
        const string Behind = "\r\nHTTP/1.1 200 OK\r\n\r\n";
        for (int cut = 0; cut < body.Length; cut++)
            Assert.Equal((data, Behind), Decode(body[..cut], body[cut..] + Behind));
    }

    [Theory, MemberData(nameof(Bodies))]
    public void A_body_without_its_last_byte_is_not_over(string body, string data)
    {
        var decoder = new ChunkDecoder();
        byte[] bytes = Encoding.Latin1.GetBytes(body[..^1]);
        int length = decoder.Decode(bytes, out int taken);

        Assert.False(decoder.IsOver);
        Assert.Equal(bytes.Length, taken);
        Assert.Equal(data, Encoding.Latin1.GetString(bytes, 0, length));
    }

    [Fact]
    public void After_the_end_nothing_is_taken()
    {
        var decoder = new ChunkDecoder();
        decoder.Decode("0\r\n\r\n"u8.ToArray(), out _);

        Assert.Equal(0, decoder.Decode("5\r\nHello\r\n"u8.ToArray(), out int taken));
        Assert.Equal(0, taken);
        Assert.True(decoder.IsOver);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData(";name\r\n")]
    [InlineData(" 5\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("+5\r\n")]
    [InlineData("0x5\r\n")]
    [InlineData("5g\r\n")]
    [InlineData("zz\r\n")]
    [InlineData("data: Hel\n\n")]
    [InlineData("0000000000000005\r\n")]
    [InlineData("ffffffffffffffff\r\n")]
    [InlineData("5\r\nHello!\r\n")]
    [InlineData("5\r\nHello5\r\n")]
    [InlineData("5\r\nHello\r\n\r\n")]
    public void What_is_no_chunk_is_told_as_an_invalid_response_wherever_it_was_cut(string body)
    {
        for (int cut = 0; cut <= body.Length; cut++)
            AssertInvalid(body[..cut], body[cut..]);
    }

    [Theory]
    [InlineData("5;", "")]
    [InlineData("0;", "")]
    [InlineData("0\r\n", "")]
    [InlineData("0\r\n", ": a\r\n")]
    public void Extensions_and_trailers_may_be_16_KiB_and_no_more(string before, string line)
    {
        string much = string.Concat(Enumerable.Repeat($"name{line}", 16 * 1024 / (4 + line.Length)));
        var decoder = new ChunkDecoder();
        decoder.Decode(Encoding.Latin1.GetBytes(before + much), out _);
        Assert.False(decoder.IsOver);

        AssertInvalid(before, much, $"name{line}");
    }

    [Fact]
    public void What_is_ignored_is_counted_for_each_chunk_alone()
    {
        // An answer of an hour, whose every chunk is signed, is no attack.
        string body = string.Concat(Enumerable.Repeat($"1;sign={new string('x', 100)}\r\na\r\n", 1_000));
        Assert.Equal((new string('a', 1_000), ""), Decode([.. (body + "0\r\n\r\n").Chunk(4096).Select(static piece => new string(piece))]));
    }

    [Fact]
    public void A_size_of_15_digits_is_a_chunk_that_does_not_end()
    {
        var decoder = new ChunkDecoder();
        byte[] bytes = "fffffffffffffff\r\nHello\r\n0\r\n\r\n"u8.ToArray();
        int length = decoder.Decode(bytes, out _);

        Assert.False(decoder.IsOver);
        Assert.Equal("Hello\r\n0\r\n\r\n", Encoding.Latin1.GetString(bytes, 0, length));
    }

    [Fact]
    public void Any_data_in_any_chunks_with_any_cuts_comes_as_it_was()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        for (int round = 0; round < TestDepth.Rounds(quick: 500, full: 50_000); round++)
        {
            var body = new StringBuilder();
            var data = new StringBuilder();
            for (int chunk = random.Next(6); chunk > 0; chunk--)
            {
                // Of the bytes that framing is made of, so that data looks like it.
                string piece = random.GetString("0a\r\n;: ", random.Next(1, 40));
                data.Append(piece);
                body.Append($"{(random.Next(2) == 0 ? $"{piece.Length:x}" : $"{piece.Length:X8}")}{Extension()}{Line()}{piece}{Line()}");
            }

            body.Append($"0{Extension()}{Line()}");
            for (int trailer = random.Next(3); trailer > 0; trailer--)
                body.Append($"X-{random.GetString("0a;: ", random.Next(1, 10))}{Line()}");
            body.Append(Line());
            string behind = random.GetString("0a\r\n", random.Next(4));

            Assert.Equal((data.ToString(), behind), Decode(Cut(body + behind)));
        }

        string Line() => random.Next(2) == 0 ? "\r\n" : "\n";

        string Extension() => random.Next(3) == 0 ? $";{random.GetString("0a;= ", random.Next(10))}" : "";

        string[] Cut(string whole)
        {
            var pieces = new List<string>();
            for (int at = 0, count; at < whole.Length; at += count)
            {
                count = Math.Min(random.Next(1, 30), whole.Length - at);
                pieces.Add(whole.Substring(at, count));
            }

            return [.. pieces];
        }
    }

    private static (string Data, string Behind) Decode(params string[] pieces)
    {
        var decoder = new ChunkDecoder();
        var data = new StringBuilder();
        var behind = new StringBuilder();
        foreach (string piece in pieces)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(piece);
            int length = decoder.Decode(bytes, out int taken);
            data.Append(Encoding.Latin1.GetString(bytes, 0, length));
            behind.Append(Encoding.Latin1.GetString(bytes, taken, bytes.Length - taken));
            Assert.True(decoder.IsOver || taken == bytes.Length, "Only the end leaves bytes.");
        }

        Assert.True(decoder.IsOver, "The body has no end.");
        return (data.ToString(), behind.ToString());
    }

    private static void AssertInvalid(params string[] pieces)
    {
        var thrown = Assert.Throws<HttpIOException>(() => Decode(pieces));
        Assert.Equal(HttpRequestError.InvalidResponse, thrown.HttpRequestError);
    }
}
