using System.Net.Sockets;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Testing;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

/// <summary>
/// A connection takes the next question after a whole answer, and only then. There is but one at a time here, so that the next question waits for what becomes
/// of the last one's.
/// </summary>
public abstract class HttpUpstreamReuseBehaviour : ConnectedUpstreams
{
    private static readonly TimeSpan s_restLimit = TimeSpan.FromSeconds(1);

    private static string Chunks { get; } = $"{PlainApi.Whole.Length:x}\r\n{Encoding.ASCII.GetString(PlainApi.Whole)}\r\n";

    [Fact]
    public async Task After_a_whole_answer_the_next_question_goes_over_the_same_connection()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole));
        var upstream = OverOne(server);
        for (int i = 0; i < 20; i++)
            await AssertHello(upstream);

        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task An_answer_that_comes_with_its_end_in_one_segment_leaves_the_connection_at_once()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole)).Next(exchange => Raw(exchange, Chunks + "0\r\n\r\n"));

        // Of many connections: it is there again before the answer is over for who asked.
        var upstream = Of(server.BaseAddress);
        await AssertHello(upstream);
        await AssertHello(upstream);

        Assert.Equal(1, server.ConnectionCount);
    }

    [Theory]
    [InlineData("0\r\n\r\n")]
    [InlineData("0\r\nX-Sum: 5\r\n\r\n")]
    [InlineData("c\r\ndata: more\n\n\r\n0\r\n\r\n")]
    public async Task An_end_that_comes_a_little_later_than_the_answers_last_event_leaves_the_connection(string rest)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole)).Next(async exchange =>
        {
            await Raw(exchange, Chunks);
            await answered.Task;
            foreach (char one in rest)
                await exchange.RawAsync(new[] { (byte)one });
        });
        var upstream = OverOne(server, new HandTime());
        await AssertHello(upstream);
        answered.SetResult();
        await AssertHello(upstream);

        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task An_end_that_does_not_come_gives_the_connection_up_after_a_second()
    {
        var time = new HandTime();
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole)).Next(async exchange =>
        {
            await Raw(exchange, Chunks);
            await exchange.SilenceAsync();
        });
        var upstream = OverOne(server, time);
        await AssertHello(upstream);
        await time.TimerDueInAsync(s_restLimit).WaitAsync(Asking.Patience);
        Assert.False(server.Exchanges[0].ClientGone.IsCompleted);
        time.Advance(s_restLimit);

        await server.Exchanges[0].ClientGone.WaitAsync(Asking.Patience);
        await AssertHello(upstream);
        Assert.Equal(1, server.Requests[1].Connection);
    }

    [Fact]
    public async Task An_endless_rest_gives_the_connection_up()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole)).Next(async exchange =>
        {
            await exchange.WriteAsync(PlainApi.Whole);
            try
            {
                while (true)
                    await exchange.WriteAsync(PlainApi.Frame(new string('x', 1000)));
            }
            catch (SocketException)
            {
                await exchange.SilenceAsync();
            }
        });

        // The second does not pass: what is read at most has to be enough.
        var upstream = OverOne(server, new HandTime());
        await AssertHello(upstream);
        await AssertHello(upstream);

        Assert.Equal(1, server.Requests[1].Connection);
    }

    [Fact]
    public async Task Cancelling_while_the_rest_is_waited_for_closes_the_connection()
    {
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await Raw(exchange, Chunks);
            await exchange.SilenceAsync();
        });
        using var cancel = new CancellationTokenSource();
        var (_, _, failure) = await OverOne(server, new HandTime()).AllAsync(null, cancel.Token).WaitAsync(Asking.Patience);
        Assert.Null(failure);
        cancel.Cancel();

        await server.Exchanges[0].ClientGone.WaitAsync(Asking.Patience);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nevil")]
    [InlineData("\r\n")]
    [InlineData("x")]
    public async Task Bytes_behind_the_end_never_become_the_next_answer(string behind)
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole)).Next(async exchange =>
        {
            await Raw(exchange, Chunks + "0\r\n\r\n" + behind);
            await exchange.SilenceAsync();
        });
        var upstream = OverOne(server);
        await AssertHello(upstream);
        await AssertHello(upstream);

        Assert.Equal(1, server.Requests[1].Connection);
    }

    [Fact]
    public async Task Bytes_that_come_while_the_connection_lies_idle_never_become_the_next_answer()
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole)).Next(async exchange =>
        {
            await Raw(exchange, Chunks + "0\r\n\r\n");
            await answered.Task;
            await exchange.RawAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nevil"u8.ToArray());
            sent.SetResult();
            await exchange.SilenceAsync();
        });
        var upstream = OverOne(server);
        await AssertHello(upstream);
        answered.SetResult();
        await sent.Task.WaitAsync(Asking.Patience);
        await LoopsHaveGoneOnAsync();
        await AssertHello(upstream);

        Assert.Equal(1, server.Requests[1].Connection);
    }

    [Fact]
    public async Task A_head_that_promises_chunks_where_there_can_be_no_body_does_not_take_the_next_answer()
    {
        // .NET's client has the connection take the next question as soon as such a head has come: who still read there would read another's answer.
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole))
            .Next(static exchange => exchange.HeadAsync(204, framing: BodyFraming.AsGiven, headers: ("Transfer-Encoding", "chunked")));
        var upstream = OverOne(server);
        var (text, _, failure) = await upstream.AllAsync().WaitAsync(Asking.Patience);

        Assert.Equal("", text);
        Assert.Equal(ErrorCode.UpstreamTruncated, failure!.Code);
        await AssertHello(upstream);
    }

    [Fact]
    public async Task Chunks_come_before_a_length_that_is_told_too()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole)).Next(static async exchange =>
        {
            await exchange.HeadAsync(headers: ("Content-Length", "0"));
            await exchange.WriteAsync(PlainApi.Whole);
        });
        var upstream = OverOne(server);
        await AssertHello(upstream);
        await AssertHello(upstream);

        // One connection: the client too takes the length for nothing, and had not let go of it before the chunks were read.
        Assert.Equal(1, server.ConnectionCount);
    }

    [Fact]
    public async Task A_refusal_an_interim_head_a_length_and_a_document_in_chunks_leave_the_connection_too()
    {
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole));
        server.Next(exchange => exchange.RespondAsync(503, "{\n\n\r\n\r\n}"));
        server.Next(async exchange =>
        {
            await exchange.RawAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"u8.ToArray());
            await exchange.WriteAsync(PlainApi.Whole);
        });
        server.Next(exchange => exchange.RespondAsync(200, Encoding.ASCII.GetString(PlainApi.Whole), "text/event-stream"));
        server.Next(async exchange =>
        {
            await exchange.HeadAsync(contentType: "application/json");
            await exchange.WriteAsync("{\n\n");
            await exchange.WriteAsync("\r\n\r\n}");
        });
        var upstream = OverOne(server);

        Assert.Equal(ErrorCode.UpstreamUnavailable, (await upstream.AllAsync().WaitAsync(Asking.Patience)).Failure!.Code);
        await AssertHello(upstream);
        await AssertHello(upstream);
        Assert.Equal("{\n\n\r\n\r\n}", (await upstream.AllAsync().WaitAsync(Asking.Patience)).Text);
        await AssertHello(upstream);
        Assert.Equal(1, server.ConnectionCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5\r\nda")]
    [InlineData("5;exten")]
    [InlineData("6\r\ndata: ")]
    [InlineData("0\r\n")]
    [InlineData("0\r\nX-Sum: ")]
    public async Task A_connection_closed_within_the_chunks_is_truncated_wherever_it_was(string last)
    {
        var (text, _, failure) = await AskAsync(async exchange =>
        {
            await exchange.WriteAsync(PlainApi.Frame("Hel"));
            await exchange.RawAsync(Encoding.ASCII.GetBytes(last));
            exchange.Close();
        });

        Assert.Equal("Hel", text);
        Assert.Equal((ErrorCode.UpstreamTruncated, true), (failure!.Code, failure.IsRetryable));
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("0000000000000001\r\n")]
    [InlineData("3\r\nlonger\r\n")]
    public async Task Chunks_that_are_none_are_malformed_and_what_was_said_before_stands(string last)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(PlainApi.Frame("Hel"));
            await told.Task;
            await exchange.RawAsync(Encoding.ASCII.GetBytes(last));
            await exchange.SilenceAsync();
        });
        await using var asked = OverOne(server).Pull(PlainApi.Question);
        Assert.True(await asked.MoveNextAsync());
        told.SetResult();

        var failure = await Assert.ThrowsAsync<Protocol.Upstream.UpstreamException>(async () => await asked.MoveNextAsync());
        Assert.Equal(ErrorCode.UpstreamMalformed, failure.Code);
        await server.Exchanges[0].ClientGone.WaitAsync(Asking.Patience);
    }

    [Fact]
    public async Task Cancelling_within_a_chunk_closes_the_connection_at_once()
    {
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await Raw(exchange, "ff\r\ndata: Hel\n\n");
            await exchange.SilenceAsync();
        });
        using var cancel = new CancellationTokenSource();
        await using var asked = OverOne(server).Pull(PlainApi.Question, cancel.Token);
        Assert.True(await asked.MoveNextAsync());
        var next = asked.MoveNextAsync().AsTask();
        long from = TimeProvider.System.GetTimestamp();
        cancel.Cancel();

        await Assert.ThrowsAsync<OperationCanceledException>(() => next.WaitAsync(Asking.Patience));
        var gone = await server.Exchanges[0].ClientGone.WaitAsync(Asking.Patience);
        Assert.InRange(TimeProvider.System.GetElapsedTime(from, gone.At), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }

    /// <summary>The head of an answer in chunks, and bytes of its body in one segment; the script gives the end, if there is to be one.</summary>
    private static async Task Raw(UpstreamExchange exchange, string body)
    {
        await exchange.HeadAsync(framing: BodyFraming.AsGiven, headers: ("Transfer-Encoding", "chunked"));
        await exchange.RawAsync(Encoding.ASCII.GetBytes(body));
    }

    private static async Task AssertHello(HttpUpstream upstream)
    {
        var (text, _, failure) = await upstream.AllAsync().WaitAsync(Asking.Patience);
        Assert.Null(failure);
        Assert.Equal("Hello", text);
    }

    /// <summary>
    /// Has each loop read something else, one after the other: none of them is then still within the last read of an earlier answer, during which it asks no socket
    /// whether there is more.
    /// </summary>
    private async Task LoopsHaveGoneOnAsync()
    {
        await using var other = new ScriptedUpstream(exchange => exchange.WriteAsync(PlainApi.Whole));
        for (int i = 0; OverLoops && i < Environment.ProcessorCount; i++)
            await AssertHello(OverOne(other));
    }

    private HttpUpstream OverOne(ScriptedUpstream server, TimeProvider? time = null) =>
        Of(server.BaseAddress, time, UpstreamHttp.Create(maxConnections: 1, loops: OverLoops ? Loops : null));
}

/// <summary>The same over .NET's own sockets, as in an app of somebody else.</summary>
public sealed class HttpUpstreamReuseTests : HttpUpstreamReuseBehaviour;

/// <summary>The same over loops, as in `passwindow serve`.</summary>
public sealed class HttpUpstreamReuseOverLoopsTests : HttpUpstreamReuseBehaviour
{
    private protected override bool OverLoops => true;
}
