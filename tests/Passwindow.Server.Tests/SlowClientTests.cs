using System.Net;
using System.Net.Sockets;
using System.Text;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Server.Tests;

public sealed class SlowClientTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_client_that_reads_nothing_until_the_answer_is_over_and_then_slowly_gets_every_byte_in_order()
    {
        using var folder = new Folder();
        var answered = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await AnswerAsync(exchange);
            answered.SetResult();
        });
        await using var server = await ServerProcess.StartAsync(folder.Journal, upstream);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8 * 1024 };
        await client.ConnectAsync(IPEndPoint.Parse(server.Address.Authority));
        await client.SendAsync(Encoding.ASCII.GetBytes($"GET /chat/stream?prompt=Hi HTTP/1.0\r\nHost: {server.Address.Authority}\r\n\r\n")); // 1.0: no chunks within
        await answered.Task.WaitAsync(ServerProcess.Patience); // it waits for no reader

        string got = await ReadSlowlyAsync(client).WaitAsync(ServerProcess.Patience);
        int head = got.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        string turn = got[..head].Split("\r\n").Single(static line => line.StartsWith("Passwindow-Turn: ", StringComparison.OrdinalIgnoreCase))["Passwindow-Turn: ".Length..];
        await using var whole = await server.WatchAsync($"/chat/turns/{turn}/events");
        await whole.ReadToEndAsync().WaitAsync(ServerProcess.Patience);
        Assert.Equal(Encoding.Latin1.GetString(whole.Raw), got[head..]);
        Assert.InRange(got.Length, 6 * 1024 * 1024, int.MaxValue);
        output.WriteLine($"{got.Length} bytes");
    }

    private static async Task AnswerAsync(UpstreamExchange exchange)
    {
        for (int number = 0; number < 1_000; number++)
            await exchange.WriteAsync(ChatChunks.Text($"{number} {new string((char)('a' + (number % 26)), 8_000)}\n"));
        await exchange.WriteAsync(ChatChunks.Finish("stop"));
        await exchange.WriteAsync(ChatChunks.Done);
    }

    private static async Task<string> ReadSlowlyAsync(Socket client)
    {
        var got = new MemoryStream();
        byte[] buffer = new byte[10_000];
        for (int reads = 0; await client.ReceiveAsync(buffer) is var count and > 0; reads++)
        {
            got.Write(buffer, 0, count);
            if (reads % 10 == 0)
                await Task.Delay(1);
        }

        return Encoding.Latin1.GetString(got.ToArray());
    }
}
