using System.Net;
using System.Net.Sockets;
using Passwindow.Upstream.Loops;
using Xunit;

namespace Passwindow.Tests.Upstream.Loops;

public sealed class AcknowledgingTests : IDisposable
{
    private const int Pieces = 100;

    private readonly ReadLoop _loop = new(new(TimeSpan.FromMicroseconds(200)), new NoRounds());
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

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
        var (stream, peer) = await ConnectAsync(isNagling: false);
        await using (stream)
        using (peer)
        {
            await TakeAsync(stream, peer, Pieces);
            Assert.True(stream.AreAcknowledgementsDelayed);

            // The next request on the same connection, and its answer.
            await stream.WriteAsync("again"u8.ToArray());
            await TakeAsync(stream, peer, Pieces);
            Assert.True(stream.AreAcknowledgementsDelayed);
        }
    }

    [Fact]
    public async Task A_sender_that_holds_back_until_it_is_acknowledged_is_let_be_however_late_it_is_read_and_nothing_of_it_is_lost()
    {
        var (stream, peer) = await ConnectAsync(isNagling: true);
        await using (stream)
        using (peer)
        {
            var sending = SendAsync(peer);
            byte[] got = new byte[Pieces];
            for (int count = 0; count < Pieces;)
            {
                count += await stream.ReadAsync(got.AsMemory(count)).AsTask().WaitAsync(Asking.Patience);
                if (count % 3 == 0)
                    await Task.Delay(15); // a busy machine: the kernel's timer runs meanwhile, and the next piece is there at once
            }

            await sending;
            Assert.Equal(Enumerable.Range(0, Pieces).Select(number => (byte)number), got);
            Assert.False(stream.AreAcknowledgementsDelayed);
        }

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
    public async Task Pieces_that_are_acknowledged_at_once_whatever_is_asked_for_show_nothing()
    {
        var (stream, peer) = await ConnectAsync(isNagling: false);
        await using (stream)
        using (peer)
        {
            await TakeAsync(stream, peer, Pieces, size: 501);
            Assert.False(stream.AreAcknowledgementsDelayed);
        }
    }

    [Fact]
    public async Task Some_large_pieces_do_not_decide()
    {
        var (stream, peer) = await ConnectAsync(isNagling: false);
        await using (stream)
        using (peer)
        {
            await TakeAsync(stream, peer, 8, size: 501);
            await TakeAsync(stream, peer, Pieces);
            Assert.True(stream.AreAcknowledgementsDelayed);
        }
    }

    /// <summary>Each piece is waited for before it is sent.</summary>
    private static async Task TakeAsync(LoopStream stream, Socket peer, int pieces, int size = 60)
    {
        byte[] buffer = new byte[1_000];
        for (int i = 0; i < pieces; i++)
        {
            var reading = stream.ReadAsync(buffer).AsTask();
            Assert.False(reading.IsCompleted);
            await peer.SendAsync(new byte[size]);
            Assert.Equal(size, await reading.WaitAsync(Asking.Patience));
        }
    }

    private async Task<(LoopStream Stream, Socket Peer)> ConnectAsync(bool isNagling)
    {
        var stream = await LoopStream.ConnectAsync(_loop, (IPEndPoint)_listener.LocalEndPoint!, default);
        var peer = await _listener.AcceptAsync();
        peer.NoDelay = !isNagling;
        await stream.WriteAsync("a request"u8.ToArray());
        return (stream, peer);
    }
}
