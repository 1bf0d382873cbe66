using System.Buffers;
using System.Text;
using Passwindow.Testing;
using Passwindow.Upstream.Http1;
using Xunit;

namespace Passwindow.Server.Tests;

public sealed class ChunkedOutputTests(ITestOutputHelper output)
{
    [Fact]
    public async Task What_is_flushed_together_is_one_chunk_and_a_flush_of_nothing_is_none()
    {
        await using var connection = await OutputConnection.OpenAsync();
        var chunks = new ChunkedOutput(connection.Output);
        await chunks.FlushAsync();
        chunks.Write("twenty-"u8);
        chunks.Write("six bytes, in two parts"u8);
        Assert.Equal(30, chunks.UnflushedBytes);
        await chunks.FlushAsync();
        await chunks.FlushAsync();
        await chunks.WriteAsync("and one"u8.ToArray());
        const string expected = "1E\r\ntwenty-six bytes, in two parts\r\n7\r\nand one\r\n";
        Assert.Equal(expected, Encoding.ASCII.GetString(await connection.ReceiveAsync(expected.Length)));
        Assert.Equal(0, connection.Drained);
    }

    [Fact]
    public async Task What_lies_in_the_connections_output_already_goes_first()
    {
        await using var connection = await OutputConnection.OpenAsync();
        connection.Write("a head\r\n\r\n"u8);
        await new ChunkedOutput(connection.Output).WriteAsync("a body"u8.ToArray());
        const string expected = "a head\r\n\r\n6\r\na body\r\n";
        Assert.Equal(expected, Encoding.ASCII.GetString(await connection.ReceiveAsync(expected.Length)));
    }

    [Fact]
    public async Task A_client_that_does_not_read_gets_every_chunk_whole_and_in_order()
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        byte[] sent = new byte[8 * 1024 * 1024];
        random.NextBytes(sent);
        await using var connection = await OutputConnection.OpenAsync();
        var chunks = new ChunkedOutput(connection.Output);
        var writing = WriteAsync();
        var decoder = new ChunkDecoder();
        var body = new MemoryStream();
        while (body.Length < sent.Length) // of what is left there is at least as much on its way
        {
            byte[] got = await connection.ReceiveAsync((int)Math.Min(60_000, sent.Length - body.Length), random.Next());
            body.Write(got, 0, decoder.Decode(got, out _));
        }

        await writing;
        Assert.Equal(sent, body.ToArray());
        Assert.NotEqual(0, connection.Drained);

        async Task WriteAsync()
        {
            var sizes = new Random(TestDepth.Seed);
            for (int at = 0; at < sent.Length;)
            {
                // Mostly tokens, now and then a page; some of it before, some with the flush.
                int count = Math.Min(sizes.Next(4) > 0 ? sizes.Next(1, 300) : sizes.Next(1, 40_000), sent.Length - at);
                int before = sizes.Next(count + 1);
                chunks.Write(sent.AsSpan(at, before));
                await chunks.WriteAsync(sent.AsMemory(at + before, count - before)).AsTask().WaitAsync(ServerProcess.Patience);
                at += count;
            }
        }
    }

    [Fact]
    public async Task Nobody_advances_beyond_what_was_given()
    {
        await using var connection = await OutputConnection.OpenAsync();
        var chunks = new ChunkedOutput(connection.Output);
        Assert.Throws<ArgumentOutOfRangeException>(() => chunks.Advance(1));
        int length = chunks.GetMemory().Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => chunks.Advance(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => chunks.Advance(-1));
        chunks.Advance(length);
        Assert.InRange(chunks.GetSpan(100_000).Length, 100_000, int.MaxValue);
        Assert.Equal(length, chunks.UnflushedBytes);
    }
}
