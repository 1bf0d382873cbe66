using System.IO.Pipelines;
using System.Text;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Server.Tests;

public sealed class DirectOutputTests(ITestOutputHelper output)
{
    [Fact]
    public async Task What_the_kernel_takes_at_once_arrives_and_never_comes_near_the_inner_output()
    {
        await using var connection = await OutputConnection.OpenAsync();
        for (int i = 0; i < 100; i++)
        {
            byte[] sent = [.. Enumerable.Repeat((byte)i, 1 + (i * 97))];
            connection.Write(sent);
            var flush = connection.Output.FlushAsync();
            Assert.True(flush.IsCompletedSuccessfully);
            Assert.Equal((false, false), Told(await flush));
            Assert.Equal(sent, await connection.ReceiveAsync(sent.Length));
        }

        Assert.Equal(0, connection.Drained);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_the_flush_and_then_gets_everything_in_order()
    {
        byte[] sent = Bytes(8 * 1024 * 1024, out var random);
        await using var connection = await OutputConnection.OpenAsync();
        int at = 0;
        var pending = WriteUntilPending(connection, sent, ref at, random);
        int more = random.Next(1, 50_000);
        connection.Write(sent.AsSpan(at, more)); // while the flush is pending: it must not overtake what that waits for
        at += more;
        Assert.False(pending.IsCompleted);

        var receiving = connection.ReceiveAsync(sent.Length, random.Next());
        Assert.Equal((false, false), Told(await pending.WaitAsync(ServerProcess.Patience)));
        while (at < sent.Length)
            at = await WriteSomeAsync(connection, sent, at, random);
        Assert.Equal(sent, await receiving);
        Assert.InRange(connection.Drained, 1, sent.Length - 1);
        output.WriteLine($"{connection.Drained} of {sent.Length} bytes went through the inner output");
    }

    [Fact]
    public async Task Once_the_client_has_caught_up_writes_go_directly_again()
    {
        byte[] sent = Bytes(8 * 1024 * 1024, out var random);
        await using var connection = await OutputConnection.OpenAsync();
        int at = 0;
        for (int i = 0; i < 5; i++)
        {
            int from = at;
            var pending = WriteUntilPending(connection, sent, ref at, random);
            Assert.Equal(sent[from..at], await connection.ReceiveAsync(at - from));
            await pending.WaitAsync(ServerProcess.Patience);
            long drained = connection.Drained;
            Assert.NotEqual(0, drained);

            connection.Write("direct"u8);
            var flush = connection.Output.FlushAsync();
            Assert.True(flush.IsCompletedSuccessfully);
            await flush;
            Assert.Equal("direct", Encoding.ASCII.GetString(await connection.ReceiveAsync(6)));
            Assert.Equal(drained, connection.Drained);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pending_flush_that_is_canceled_says_so_and_what_follows_does_not_overtake_its_rest(bool byToken)
    {
        byte[] sent = Bytes(8 * 1024 * 1024, out var random);
        await using var connection = await OutputConnection.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var holding = connection.HoldInnerAsync();
        int at = 0;
        var pending = WriteUntilPending(connection, sent, ref at, random, cancel.Token);
        int held = await holding.WaitAsync(ServerProcess.Patience);
        if (byToken)
        {
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.WaitAsync(ServerProcess.Patience));
        }
        else
        {
            connection.Output.CancelPendingFlush();
            Assert.Equal((true, false), Told(await pending.WaitAsync(ServerProcess.Patience)));
        }

        // Now the kernel would take more, while the rest is still on its way.
        byte[] got = await connection.ReceiveAsync(at - held);
        var next = WriteUntilPending(connection, sent, ref at, random);
        var receiving = connection.ReceiveAsync(sent.Length - got.Length, random.Next());
        connection.LetInnerGo();
        Assert.Equal((false, false), Told(await next.WaitAsync(ServerProcess.Patience)));
        while (at < sent.Length)
            at = await WriteSomeAsync(connection, sent, at, random);
        Assert.Equal(sent, got.Concat(await receiving).ToArray());
    }

    [Fact]
    public async Task Canceled_while_no_flush_is_pending_the_next_one_says_so_once()
    {
        await using var connection = await OutputConnection.OpenAsync();
        connection.Output.CancelPendingFlush();
        connection.Write("one"u8);
        Assert.Equal((true, false), Told(await connection.Output.FlushAsync()));
        connection.Write("two"u8);
        Assert.Equal((false, false), Told(await connection.Output.FlushAsync()));
        Assert.Equal("onetwo", Encoding.ASCII.GetString(await connection.ReceiveAsync(6)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completing_it_gives_on_what_was_not_flushed_and_twice_does_no_harm(bool isAsync)
    {
        await using var connection = await OutputConnection.OpenAsync();
        connection.Write("flushed, "u8);
        await connection.Output.FlushAsync();
        connection.Write("not flushed"u8);
        Assert.Equal(11, connection.Output.UnflushedBytes);
        for (int i = 0; i < 2; i++)
        {
            if (isAsync)
                await connection.Output.CompleteAsync();
            else
                connection.Output.Complete();
        }

        Assert.Equal("flushed, not flushed", Encoding.ASCII.GetString(await connection.ReceiveAsync(100)));
    }

    [Fact]
    public async Task Completing_it_while_a_flush_is_pending_loses_nothing_of_either()
    {
        byte[] sent = Bytes(8 * 1024 * 1024, out var random);
        await using var connection = await OutputConnection.OpenAsync();
        int at = 0;
        var pending = WriteUntilPending(connection, sent, ref at, random);
        connection.Write(sent.AsSpan(at, 1_000));
        await connection.Output.CompleteAsync();

        Assert.Equal(sent[..(at + 1_000)], await connection.ReceiveAsync(sent.Length));
        await pending.WaitAsync(ServerProcess.Patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_is_gone_completes_the_flushes_and_throws_nothing(bool closedHere)
    {
        await using var connection = await OutputConnection.OpenAsync();
        if (closedHere)
            connection.Abort();
        else
            connection.Reset();

        FlushResult result = default;
        for (int i = 0; i < 10_000 && !result.IsCompleted; i++) // the first after a reset may still be taken
        {
            connection.Write("nobody is there"u8);
            result = await connection.Output.FlushAsync().AsTask().WaitAsync(ServerProcess.Patience);
        }

        Assert.Equal((false, true), Told(result));
        connection.Write("nobody is there"u8);
        Assert.Equal((false, true), Told(await connection.Output.FlushAsync()));
        await connection.Output.CompleteAsync();
    }

    [Fact]
    public async Task A_pending_flush_ends_when_the_connection_does()
    {
        byte[] sent = Bytes(8 * 1024 * 1024, out var random);
        await using var connection = await OutputConnection.OpenAsync();
        int at = 0;
        var pending = WriteUntilPending(connection, sent, ref at, random);
        connection.Reset();
        Assert.Equal((false, true), Told(await pending.WaitAsync(ServerProcess.Patience)));
    }

    [Fact]
    public async Task Nobody_advances_beyond_what_was_given()
    {
        await using var connection = await OutputConnection.OpenAsync();
        Assert.Throws<ArgumentOutOfRangeException>(() => connection.Output.Advance(1));
        int length = connection.Output.GetMemory().Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => connection.Output.Advance(length + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => connection.Output.Advance(-1));
        connection.Output.Advance(length);
        Assert.Throws<ArgumentOutOfRangeException>(() => connection.Output.Advance(1));
        Assert.InRange(connection.Output.GetSpan(100_000).Length, 100_000, int.MaxValue);
        Assert.Equal(length, connection.Output.UnflushedBytes);
    }

    private static (bool IsCanceled, bool IsCompleted) Told(FlushResult result) => (result.IsCanceled, result.IsCompleted);

    private byte[] Bytes(int count, out Random random)
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        random = new Random(TestDepth.Seed);
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Writes pieces until the kernel takes no more; the flush that waits for it.</summary>
    private static Task<FlushResult> WriteUntilPending(OutputConnection connection, byte[] bytes, ref int at, Random random, CancellationToken cancellation = default)
    {
        while (true)
        {
            int count = Size(random);
            connection.Write(bytes.AsSpan(at, count));
            at += count;
            var flush = connection.Output.FlushAsync(cancellation);
            if (!flush.IsCompleted)
                return flush.AsTask();
            Assert.Equal((false, false), Told(flush.Result));
        }
    }

    private static async Task<int> WriteSomeAsync(OutputConnection connection, byte[] bytes, int at, Random random)
    {
        int count = Math.Min(Size(random), bytes.Length - at);
        connection.Write(bytes.AsSpan(at, count));
        Assert.Equal((false, false), Told(await connection.Output.FlushAsync().AsTask().WaitAsync(ServerProcess.Patience)));
        return at + count;
    }

    // Mostly tokens, now and then a page.
    private static int Size(Random random) => random.Next(4) > 0 ? random.Next(1, 300) : random.Next(1, 40_000);
}
