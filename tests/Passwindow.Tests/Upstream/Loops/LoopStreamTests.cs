using System.Net;
using System.Net.Sockets;
using Passwindow.Testing;
using Passwindow.Upstream.Loops;
using Xunit;

namespace Passwindow.Tests.Upstream.Loops;

public sealed class LoopStreamTests(ITestOutputHelper output) : IDisposable
{
    private readonly ReadLoop _loop = new(new(TimeSpan.FromMicroseconds(200)), new NoRounds());
    private readonly Socket _listener = Listen();
    private readonly SemaphoreSlim _connecting = new(1);

    private IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_that_comes_with_the_last_bytes_is_not_missed(bool waitsFirst)
    {
        // Edge-triggered: the end is told once, in whatever order it and the bytes are seen.
        byte[] buffer = new byte[64];
        for (int i = 0; i < TestDepth.Rounds(quick: 300, full: 5_000); i++)
        {
            var (stream, peer) = await ConnectAsync();
            await using (stream)
            {
                var reading = i % 2 == 0 ? ReadToEndAsync(stream, buffer, waitsFirst) : null;
                peer.Send("the end"u8);
                peer.Dispose();
                Assert.Equal(7, await (reading ?? ReadToEndAsync(stream, buffer, waitsFirst)).WaitAsync(Asking.Patience));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_two_hundred_peers_send_in_pieces_at_once_comes_to_each_whole_and_in_order(bool waitsFirst)
    {
        output.WriteLine($"seed {TestDepth.Seed}");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            var random = new Random(HashCode.Combine(TestDepth.Seed, number));
            byte[] sent = new byte[random.Next(1, 200_000)];
            random.NextBytes(sent);
            var (stream, peer) = await ConnectAsync();
            await using (stream)
            using (peer)
            {
                var sending = SendAsync(peer, sent, random.Next());
                byte[] got = new byte[sent.Length];
                for (int at = 0; at < got.Length;)
                {
                    int count = await ReadAsync(stream, got.AsMemory(at, Math.Min(random.Next(1, 5_000), got.Length - at)), waitsFirst);
                    Assert.NotEqual(0, count);
                    at += count;
                }

                await sending;
                Assert.Equal(sent, got);
                Assert.Equal(0, await ReadAsync(stream, new byte[1], waitsFirst).WaitAsync(Asking.Patience));
            }
        })).WaitAsync(Asking.Patience);

        static async Task SendAsync(Socket peer, byte[] bytes, int seed)
        {
            var random = new Random(seed);
            for (int at = 0; at < bytes.Length;)
                at += await peer.SendAsync(bytes.AsMemory(at, Math.Min(random.Next(1, 9_000), bytes.Length - at)));
            peer.Shutdown(SocketShutdown.Send);
        }
    }

    [Fact]
    public async Task A_write_larger_than_what_the_kernel_takes_goes_on_when_the_peer_reads()
    {
        byte[] sent = new byte[16 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        var (stream, peer) = await ConnectAsync();
        await using (stream)
        using (peer)
        {
            var writing = stream.WriteAsync(sent).AsTask();
            Assert.False(writing.IsCompleted);
            byte[] got = new byte[sent.Length];
            for (int at = 0; at < got.Length;)
                at += await peer.ReceiveAsync(got.AsMemory(at));

            await writing.WaitAsync(Asking.Patience);
            Assert.Equal(sent, got);
        }
    }

    [Fact]
    public async Task A_read_ends_when_it_is_cancelled_and_the_connection_reads_on()
    {
        var (stream, peer) = await ConnectAsync();
        await using (stream)
        using (peer)
        {
            using var cancel = new CancellationTokenSource();
            var reading = stream.ReadAsync(new byte[8], cancel.Token).AsTask();
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Asking.Patience));

            peer.Send("on"u8);
            Assert.Equal(2, await stream.ReadAsync(new byte[8]).AsTask().WaitAsync(Asking.Patience));
        }
    }

    [Fact]
    public async Task Closing_it_ends_the_read_and_the_write_that_wait()
    {
        var (stream, peer) = await ConnectAsync();
        using (peer)
        {
            var reading = stream.ReadAsync(new byte[8]).AsTask();
            var writing = stream.WriteAsync(new byte[16 * 1024 * 1024]).AsTask();
            stream.Dispose();

            await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.WaitAsync(Asking.Patience));
            await Assert.ThrowsAsync<ObjectDisposedException>(() => writing.WaitAsync(Asking.Patience));
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.ReadExactlyAsync(new byte[8]));
        }
    }

    [Fact]
    public async Task A_peer_that_resets_the_connection_fails_the_read()
    {
        var (stream, peer) = await ConnectAsync();
        await using (stream)
        {
            var reading = stream.ReadAsync(new byte[8]).AsTask();
            peer.LingerState = new(enable: true, seconds: 0);
            peer.Dispose();

            await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Asking.Patience));
        }
    }

    [Fact]
    public async Task An_end_that_came_while_it_lay_idle_shows_at_once()
    {
        for (int i = 0; i < 100; i++)
        {
            var (stream, peer) = await ConnectAsync();
            await using (stream)
            {
                peer.Shutdown(SocketShutdown.Send);
                peer.Dispose();
                var reading = stream.ReadAsync(new byte[8]); // .NET asks so whether a pooled connection may take another request

                Assert.True(reading.IsCompleted);
                Assert.Equal(0, await reading);
            }
        }
    }

    [Fact]
    public async Task A_read_of_nothing_waits_until_there_is_something()
    {
        var (stream, peer) = await ConnectAsync();
        await using (stream)
        using (peer)
        {
            var waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();
            Assert.False(waiting.IsCompleted);
            peer.Send("x"u8);

            Assert.Equal(0, await waiting.WaitAsync(Asking.Patience));
            Assert.Equal(1, await stream.ReadAsync(new byte[8]).AsTask().WaitAsync(Asking.Patience));
        }
    }

    [Fact]
    public async Task A_place_that_was_freed_serves_the_next_connection_and_nothing_of_the_last()
    {
        for (int i = 0; i < 200; i++)
        {
            var (stream, peer) = await ConnectAsync();
            peer.Send("of the last"u8); // told to the loop while this one goes
            stream.Dispose();
            var (next, nextPeer) = await ConnectAsync();
            var reading = next.ReadAsync(new byte[16]).AsTask();
            nextPeer.Send("mine"u8);

            Assert.Equal(4, await reading.WaitAsync(Asking.Patience));
            peer.Dispose();
            next.Dispose();
            nextPeer.Dispose();
        }
    }

    [Fact]
    public async Task What_a_request_is_answered_with_first_is_read_before_what_came_earlier_on_others()
    {
        using var slow = new ReadLoop(new(TimeSpan.FromMilliseconds(500)), new NoRounds());
        var (busy, busyPeer) = await ConnectAsync(slow);
        var (asked, askedPeer) = await ConnectAsync(slow);
        using (busyPeer)
        using (askedPeer)
        await using (busy)
        await using (asked)
        {
            byte[] buffer = new byte[16];
            var first = busy.ReadAsync(buffer).AsTask(); // what is read first on a connection is waited for, too
            busyPeer.Send("0"u8);
            await first.WaitAsync(Asking.Patience);

            // More than once: a round may just begin when both have come.
            bool wasFirst = false;
            for (int i = 0; i < 20 && !wasFirst; i++)
            {
                var token = busy.ReadAsync(buffer).AsTask();
                busyPeer.Send("1"u8);
                await asked.WriteAsync("?"u8.ToArray());
                var answer = asked.ReadAsync(new byte[16]).AsTask();
                askedPeer.Send("!"u8);
                await answer.WaitAsync(Asking.Patience);
                wasFirst = !token.IsCompleted;
                await token.WaitAsync(Asking.Patience);
            }

            Assert.True(wasFirst);
        }
    }

    [Fact]
    public async Task What_a_request_is_answered_with_while_a_round_is_read_belongs_to_that_round()
    {
        var rounds = new CountedRounds();
        using var loop = new ReadLoop(new(TimeSpan.FromMicroseconds(200)), rounds);
        var (busy, busyPeer) = await ConnectAsync(loop);
        var (asked, askedPeer) = await ConnectAsync(loop);
        using (busyPeer)
        using (askedPeer)
        await using (busy)
        await using (asked)
        {
            var first = busy.ReadAsync(new byte[16]).AsTask(); // what is read first on a connection is waited for, too
            busyPeer.Send("0"u8);
            await first.WaitAsync(Asking.Patience);

            // More than once: the kernel may hand on a moment later what was sent.
            bool wasInRound = false;
            for (int i = 0; i < 20 && !wasInRound; i++)
            {
                await asked.WriteAsync("?"u8.ToArray());
                var answer = ReadAsync(asked, then: null);
                var token = ReadAsync(busy, then: () => askedPeer.Send("!"u8));
                busyPeer.Send("1"u8);
                wasInRound = await answer.WaitAsync(Asking.Patience) == await token.WaitAsync(Asking.Patience);
            }

            Assert.True(wasInRound);
        }

        // Goes on on the loop's thread, within the round.
        async Task<int> ReadAsync(LoopStream stream, Action? then)
        {
            await stream.ReadAsync(new byte[16]).ConfigureAwait(false);
            then?.Invoke();
            return rounds.Begun;
        }
    }

    [Fact]
    public async Task Where_nothing_is_nothing_is_taken_and_who_waits_learns_that_the_connection_is_broken_or_closed()
    {
        var (stream, peer) = await ConnectAsync();
        Assert.Equal(-1, stream.Receive(new byte[8]));
        var waiting = stream.ReadyAsync().AsTask();
        Assert.False(waiting.IsCompleted);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadyAsync().AsTask());
        peer.Send("two"u8);
        await waiting.WaitAsync(Asking.Patience);
        Assert.Equal(3, stream.Receive(new byte[8]));
        Assert.Equal(-1, stream.Receive(new byte[8]));

        waiting = stream.ReadyAsync().AsTask();
        peer.LingerState = new(enable: true, seconds: 0);
        peer.Dispose(); // a reset
        await waiting.WaitAsync(Asking.Patience);
        Assert.Throws<IOException>(() => stream.Receive(new byte[8]));
        await stream.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => stream.Receive(new byte[8]));

        (stream, peer) = await ConnectAsync();
        waiting = stream.ReadyAsync().AsTask();
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Asking.Patience));
        peer.Dispose();
    }

    [Fact]
    public async Task Where_nobody_listens_the_connection_is_refused()
    {
        var address = Address;
        _listener.Dispose();

        var refused = await Assert.ThrowsAsync<SocketException>(() => LoopStream.ConnectAsync(_loop, address, default).AsTask().WaitAsync(Asking.Patience));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        return listener;
    }

    // One at a time, so that who connects and who is accepted belong together.
    private async Task<(LoopStream Stream, Socket Peer)> ConnectAsync(ReadLoop? loop = null)
    {
        await _connecting.WaitAsync();
        try
        {
            var stream = await LoopStream.ConnectAsync(loop ?? _loop, Address, default);
            return (stream, await _listener.AcceptAsync());
        }
        finally
        {
            _connecting.Release();
        }
    }

    private static async Task<int> ReadToEndAsync(LoopStream stream, byte[] buffer, bool waitsFirst)
    {
        int total = 0;
        while (await ReadAsync(stream, buffer, waitsFirst) is var count and > 0)
            total += count;
        return total;
    }

    private static async Task<int> ReadAsync(LoopStream stream, Memory<byte> buffer, bool waitsFirst)
    {
        if (!waitsFirst)
            return await stream.ReadAsync(buffer);
        int count;
        do
            await stream.ReadyAsync();
        while ((count = stream.Receive(buffer.Span)) < 0);
        return count;
    }

    private sealed class CountedRounds : IReadRounds
    {
        public int Begun { get; private set; }

        public void Begin() => Begun++;

        public void End()
        {
        }
    }
}
