using System.Text;
using Passwindow.Upstream.Http1;
using Xunit;

namespace Passwindow.Tests.Upstream.Http1;

public sealed class AnswerConnectionTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Body = "5\r\nHel\n\n\r\n0\r\n\r\n";

    [Theory]
    [InlineData(Head)]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\r\n\n")]
    public async Task The_client_reads_to_the_blank_line_and_the_body_is_kept_for_us_wherever_the_head_was_cut(string head)
    {
        string all = head + Body;
        for (int cut = 0; cut <= all.Length; cut++)
        {
            await using var connection = await AskedAsync(all[..cut], all[cut..]);

            Assert.Equal(head, await ReadHeadAsync(connection));
            Assert.Equal(Body, await ReadBodyAsync(connection));
        }
    }

    [Fact]
    public async Task A_head_that_comes_byte_by_byte_ends_at_its_blank_line()
    {
        await using var connection = await AskedAsync([.. (Head + Body).Select(static one => $"{one}")]);

        Assert.Equal(Head, await ReadHeadAsync(connection));
        Assert.Equal(Body, await ReadBodyAsync(connection));
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")]
    public async Task Behind_an_interim_head_the_body_behind_the_last_one_is_kept(string interim)
    {
        string all = interim + Head + Body;
        for (int cut = 0; cut <= all.Length; cut++)
        {
            await using var connection = await AskedAsync(all[..cut], all[cut..]);

            Assert.Equal(interim + Head, await ReadHeadAsync(connection));
            Assert.Equal(Body, await ReadBodyAsync(connection));
        }
    }

    [Fact]
    public async Task A_body_of_which_the_client_has_read_is_not_given_to_us()
    {
        await using var connection = await AskedAsync(Head + Body);
        Assert.Equal(Head, await ReadHeadAsync(connection));
        Assert.Equal(Body, await ReadAsync(connection));

        Assert.False(connection.IsAtBody);
    }

    [Fact]
    public async Task A_client_that_only_looks_whether_a_body_is_there_reads_it_itself()
    {
        await using var connection = await AskedAsync(Head + Body);
        Assert.Equal(Head, await ReadHeadAsync(connection));
        Assert.Equal(0, await connection.ReadAsync(Memory<byte>.Empty));

        Assert.False(connection.IsAtBody);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Transfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    public async Task A_body_that_is_not_in_chunks_goes_to_the_client_with_its_head_and_with_whatever_is_too_much(string head)
    {
        await using var connection = await AskedAsync(head + "a\n\nbcd and more");

        // .NET's client gives up a connection on which it has read more than the answer: it must see that.
        Assert.Equal(head + "a\n\nbcd and more", await ReadAsync(connection));
        Assert.False(connection.IsAtBody);
    }

    [Fact]
    public async Task A_request_is_not_sent_behind_what_nobody_asked_for()
    {
        await using var connection = await AskedAsync(Head + Body);
        await ReadHeadAsync(connection);

        await Assert.ThrowsAsync<IOException>(async () => await connection.WriteAsync("POST /"u8.ToArray()));
    }

    [Fact]
    public async Task A_body_that_nobody_took_comes_to_the_client_whole()
    {
        await using var connection = await AskedAsync(Head + "a\n\nb\r\n\r\n", "c\n\nd");
        Assert.Equal(Head, await ReadHeadAsync(connection));

        Assert.Equal("a\n\nb\r\n\r\nc\n\nd", await ReadToEndAsync(connection));
    }

    [Fact]
    public async Task A_small_buffer_takes_what_is_kept_in_pieces()
    {
        await using var connection = await AskedAsync(Head + Body);
        await ReadHeadAsync(connection);
        byte[] buffer = new byte[2];
        var body = new StringBuilder();
        while (await connection.ReadBodyAsync(buffer) is var count and > 0)
            body.Append(Encoding.Latin1.GetString(buffer, 0, count));

        Assert.Equal(Body, body.ToString());
    }

    [Fact]
    public async Task After_the_end_the_client_gets_an_end_then_what_came_behind_then_what_comes()
    {
        await using var connection = await AskedAsync(Head + Body, "\n\nlater");
        await ReadHeadAsync(connection);
        byte[] buffer = new byte[100];
        Assert.Equal(Body.Length, await connection.ReadBodyAsync(buffer));
        connection.EndBody("0\r\n\r\n"u8, "\n\nbehind"u8);

        Assert.Equal("0\r\n\r\n\n\nbehind\n\nlater", await ReadToEndAsync(connection));
    }

    [Fact]
    public async Task What_of_the_body_was_not_read_yet_stays_behind_the_end()
    {
        await using var connection = await AskedAsync(Head + "0\r\n\r\nbehind");
        await ReadHeadAsync(connection);
        byte[] buffer = new byte[5];
        Assert.Equal(5, await connection.ReadBodyAsync(buffer));
        connection.EndBody(buffer, []);

        Assert.Equal("0\r\n\r\nbehind", await ReadToEndAsync(connection));
    }

    [Fact]
    public async Task The_next_request_has_a_head_and_a_body_of_its_own_though_its_read_began_before_it()
    {
        var inner = new PiecewiseStream { WaitsForMore = true };
        await using var connection = new AnswerConnection(inner);
        await connection.WriteAsync("POST /"u8.ToArray());
        inner.Send(Head + "0\r\n\r\n");
        await ReadHeadAsync(connection);
        Assert.Equal("0\r\n\r\n", await ReadBodyPieceAsync(connection));
        connection.EndBody("0\r\n\r\n"u8, []);
        Assert.Equal("0\r\n\r\n", await ReadAsync(connection));

        // .NET's client reads an idle connection ahead, to see whether it has ended.
        byte[] buffer = new byte[1000];
        var ahead = connection.ReadAsync(buffer).AsTask();
        Assert.False(connection.IsAtBody);
        await connection.WriteAsync("POST /"u8.ToArray());
        inner.Send(Head + Body);

        Assert.Equal(Head, Encoding.Latin1.GetString(buffer, 0, await ahead.WaitAsync(Asking.Patience)));
        Assert.True(connection.IsAtBody);
        Assert.Equal(Body, await ReadBodyPieceAsync(connection));
    }

    [Fact]
    public async Task Before_the_end_of_the_head_there_is_no_body_to_take()
    {
        await using var connection = await AskedAsync([.. Head.Select(static one => $"{one}")]);
        Assert.False(connection.IsAtBody);
        for (int i = 1; i < Head.Length; i++)
        {
            await ReadAsync(connection);
            Assert.False(connection.IsAtBody);
        }

        await ReadAsync(connection);
        Assert.True(connection.IsAtBody);
    }

    [Fact]
    public async Task A_request_goes_on_as_it_is_and_closing_closes_what_is_beneath()
    {
        var inner = new PiecewiseStream();
        var connection = new AnswerConnection(inner);
        var sent = SentRequest.Begin();
        await connection.WriteAsync("POST / HTTP/1.1\r\n\r\n{}"u8.ToArray());
        await connection.DisposeAsync();

        Assert.Same(connection, sent.Connection);
        Assert.Equal("POST / HTTP/1.1\r\n\r\n{}", inner.Written.ToString());
        Assert.True(inner.IsDisposed);
    }

    [Fact]
    public async Task Requests_at_the_same_time_learn_each_of_its_own_connection()
    {
        var bothBegan = new Barrier(2);
        await Task.WhenAll(Task.Run(AskAsync), Task.Run(AskAsync));

        async Task AskAsync()
        {
            var sent = SentRequest.Begin();
            Assert.True(bothBegan.SignalAndWait(Asking.Patience));
            await using var connection = new AnswerConnection(new PiecewiseStream());
            await connection.WriteAsync("POST /"u8.ToArray());
            Assert.Same(connection, sent.Connection);
        }
    }

    private static async Task<AnswerConnection> AskedAsync(params string[] pieces)
    {
        var connection = new AnswerConnection(new PiecewiseStream(pieces));
        await connection.WriteAsync("POST / HTTP/1.1\r\n\r\n"u8.ToArray());
        return connection;
    }

    private static async Task<string> ReadAsync(AnswerConnection connection)
    {
        byte[] buffer = new byte[1000];
        return Encoding.Latin1.GetString(buffer, 0, await connection.ReadAsync(buffer));
    }

    private static async Task<string> ReadHeadAsync(AnswerConnection connection)
    {
        var head = new StringBuilder();
        do
            head.Append(await ReadAsync(connection));
        while (!connection.IsAtBody);
        return head.ToString();
    }

    private static async Task<string> ReadBodyPieceAsync(AnswerConnection connection)
    {
        byte[] buffer = new byte[1000];
        return Encoding.Latin1.GetString(buffer, 0, await connection.ReadBodyAsync(buffer));
    }

    private static async Task<string> ReadBodyAsync(AnswerConnection connection)
    {
        var body = new StringBuilder();
        while (await ReadBodyPieceAsync(connection) is { Length: > 0 } piece)
            body.Append(piece);
        return body.ToString();
    }

    private static async Task<string> ReadToEndAsync(AnswerConnection connection)
    {
        var all = new StringBuilder();
        while (await ReadAsync(connection) is { Length: > 0 } piece)
            all.Append(piece);
        return all.ToString();
    }
}
