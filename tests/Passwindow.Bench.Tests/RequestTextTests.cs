using System.Text;
using Passwindow.Bench.Load.Provider;
using Xunit;

namespace Passwindow.Bench.Tests;

public class RequestTextTests
{
    [Theory]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 17\r\n\r\n{\"bench-turn:7:\"}", 7)]
    [InlineData("POST /v1/messages HTTP/1.1\r\ncontent-length:18\r\nHost: a\r\n\r\n{\"bench-turn:12:\"}", 12)]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{\"bench-turn:3:\"}\r\n0\r\n\r\n", 3)]
    public void A_request_is_whole_with_its_body_and_names_its_turn(string request, int turn)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(request);
        Assert.True(RequestText.TryRead(bytes, out _, out var body));
        Assert.Equal(turn, RequestText.TurnNumber(body));
        for (int cut = 0; cut < bytes.Length; cut++)
            Assert.False(RequestText.TryRead(bytes.AsSpan(0, cut), out _, out _));
    }
}
