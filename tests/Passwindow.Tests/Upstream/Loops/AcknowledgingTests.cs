using System.Net;
using System.Net.Sockets;
using Passwindow.Testing;
using Passwindow.Upstream.Loops;
using Xunit;

namespace Passwindow.Tests.Upstream.Loops;

public sealed class AcknowledgingTests : IDisposable
{
    private const int Pieces = 40;

    private readonly ReadLoop _loop = new(TimeSpan.FromMicroseconds(200), new NoRounds());
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly HandTime _time = new();

    public AcknowledgingTests()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public async Task A_sender_that_waits_for_no_acknowledgement_is_found_out_and_has_them_delayed()
    {
        var (stream, peer) = await ConnectAsync(isNagling: false, _time);
        await using (stream)
        using (peer)
        {
            await TakeAsync(stream, peer, Pieces, passing: TimeSpan.FromMilliseconds(5));
            Assert.True(stream.AreAcknowledgementsDelayed);

            // The next request on the same connection, and its answer.
            await stream.WriteAsync("again"u8.ToArray());
            await TakeAsync(stream, peer, Pieces, passing: TimeSpan.FromMilliseconds(5));
            Assert.True(stream.AreAcknowledgementsDelayed);
        }
    }

    [Fact]
    public async Task A_sender_that_holds_back_until_it_is_acknowledged_is_let_be_and_nothing_of_it_is_lost()
    {
        // What shows it is that nothing comes for 25 ms, so a machine that stalls just then hides it. It does not stall every time.
        bool wasLetBe = false;
        for (int i = 0; i < 5 && !wasLetBe; i++)
        {
            var (stream, peer) = await ConnectAsync(isNagling: true, TimeProvider.System);
            await using (stream)
            using (peer)
            {
                var sending = SendAsync(peer);
                byte[] got = new byte[Pieces];
                await stream.ReadExactlyAsync(got).AsTask().WaitAsync(Asking.Patience);
                await sending;
                Assert.Equal(Enumerable.Range(0, Pieces).Select(number => (byte)number), got);
                wasLetBe = !stream.AreAcknowledgementsDelayed;
            }
        }

        Assert.True(wasLetBe);

        // Not one upon the other's arrival: Nagle's algorithm bites who writes again before.
        static async Task SendAsync(Socket peer)
        {
            for (int number = 0; number < Pieces; number++)
            {
                await peer.SendAsync(new[] { (byte)number });
                await Task.Delay(4);
            }
        }
    }

    [Fact]
    public async Task A_sender_that_makes_pauses_is_tried_twice_and_no_more()
    {
        var (stream, peer) = await ConnectAsync(isNagling: false, _time);
        await using (stream)
        using (peer)
        {
            await TakeAsync(stream, peer, Pieces, passing: TimeSpan.FromMilliseconds(25));
            await TakeAsync(stream, peer, Pieces, passing: TimeSpan.FromMilliseconds(5)); // it is over: a sender that would pass now is not tried any more
            Assert.False(stream.AreAcknowledgementsDelayed);
        }
    }

    [Fact]
    public async Task One_pause_of_the_model_does_not_decide()
    {
        var (stream, peer) = await ConnectAsync(isNagling: false, _time);
        await using (stream)
        using (peer)
        {
            await TakeAsync(stream, peer, 5, passing: TimeSpan.FromMilliseconds(30)); // the fifth is tried with, and what comes next comes late
            await TakeAsync(stream, peer, Pieces, passing: TimeSpan.FromMilliseconds(5));
            Assert.True(stream.AreAcknowledgementsDelayed);
        }
    }

    [Fact]
    public async Task Pieces_that_are_acknowledged_at_once_whatever_is_asked_for_show_nothing()
    {
        var (stream, peer) = await ConnectAsync(isNagling: false, _time);
        await using (stream)
        using (peer)
        {
            await TakeAsync(stream, peer, Pieces, passing: TimeSpan.Zero, size: 501);
            Assert.False(stream.AreAcknowledgementsDelayed);
        }
    }

    /// <summary>Each piece is waited for before it is sent, and then that much time passes.</summary>
    private async Task TakeAsync(LoopStream stream, Socket peer, int pieces, TimeSpan passing, int size = 60)
    {
        byte[] buffer = new byte[1_000];
        for (int i = 0; i < pieces; i++)
        {
            var reading = stream.ReadAsync(buffer).AsTask();
            Assert.False(reading.IsCompleted);
            await peer.SendAsync(new byte[size]);
            Assert.Equal(size, await reading.WaitAsync(Asking.Patience));
            _time.Advance(passing);
        }
    }

    private async Task<(LoopStream Stream, Socket Peer)> ConnectAsync(bool isNagling, TimeProvider time)
    {
        var stream = await LoopStream.ConnectAsync(_loop, (IPEndPoint)_listener.LocalEndPoint!, default, time);
        var peer = await _listener.AcceptAsync();
        peer.NoDelay = !isNagling;
        await stream.WriteAsync("a request"u8.ToArray());
        return (stream, peer);
    }
}
