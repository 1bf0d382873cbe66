using System.Net.Sockets;
using System.Text;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>A viewer that never reads delays nobody, and is cut after a while.</summary>
public sealed class StuckViewerTests
{
    private const int Tokens = 192;
    private const int TokenBytes = 64 * 1024;

    [Fact]
    public async Task The_other_viewer_the_turn_and_the_journal_go_on_and_it_is_cut()
    {
        var time = new HandTime();
        using var goOn = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await goOn.WaitAsync();
            for (int token = 0; token < Tokens; token++)
                await exchange.WriteAsync(ChatChunks.Text(new string('a', TokenBytes)));
            await exchange.WriteAsync(ChatChunks.Answer());
        });
        await using var server = await ServerUnderTest.StartAsync(upstream, options => options.MaxAnswerBytes = 64 * 1024 * 1024, time: time);
        await using var reading = await server.AskAsync();
        using var stuck = await ConnectAsync(server, reading.Turn());
        goOn.Release();
        var events = await reading.RestAsync();

        Assert.Equal("stop", events.FinishReason());
        Assert.Equal(Tokens * TokenBytes, events.Text().Length);
        await Waiting.ForAsync(() => server.Engine.Turns.Count == 0);
        await using var later = await server.WatchAsync($"/chat/turns/{reading.Turn()}/events");
        Assert.Equal(events.Count, (await later.RestAsync()).Count);

        time.Advance(TimeSpan.FromSeconds(11));
        Assert.InRange(await ReadToEndAsync(stuck), 1, Tokens * TokenBytes - 1);
    }

    private static async Task<Socket> ConnectAsync(ServerUnderTest server, string turn)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /chat/turns/{turn}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        await socket.ReceiveAsync(new byte[1]); // it has begun
        return socket;
    }

    private static async Task<long> ReadToEndAsync(Socket socket)
    {
        long total = 1;
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(ServerUnderTest.Patience) is var read and > 0)
                total += read;
        }
        catch (SocketException)
        {
            // It was reset.
        }

        return total;
    }
}
