using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Passwindow.Protocol.Upstream;
using Passwindow.Testing;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Upstream;

/// <summary>What nearly all of an answer consists of: one event like the other but for a piece of text.</summary>
public sealed class HttpUpstreamTextTests
{
    [Fact]
    public async Task Text_is_heard_without_an_object_once_events_are_alike_and_nothing_of_it_is_lost_while_the_listener_waits()
    {
        string[] pieces = [.. Enumerable.Range(0, 40).Select(static number => $"piece {number} ")];
        await using var server = new ScriptedUpstream(exchange => exchange.WriteAsync(Answer(pieces)));
        var listener = new TextListener(waits: true);

        await Upstream(server).AskAsync(PlainApi.Question, listener, CancellationToken.None).WaitAsync(Asking.Patience);

        Assert.Equal(string.Concat(pieces), listener.Text);
        Assert.Equal(pieces.Length - 1, listener.Texts); // the first shows how the others are spelled
        Assert.IsType<AnswerEnded>(listener.Last);
    }

    [Fact]
    public async Task A_listener_that_wants_no_more_within_text_is_told_nothing_further()
    {
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(Answer("a", "b", "c", "d"));
            await exchange.SilenceAsync();
        });
        var listener = new TextListener(most: 2);

        await Upstream(server).AskAsync(PlainApi.Question, listener, CancellationToken.None).WaitAsync(Asking.Patience);

        Assert.Equal("abc", listener.Text);
        await server.Exchanges[0].ClientGone.WaitAsync(Asking.Patience);
    }

    [Fact]
    public async Task An_answer_is_heard_in_nobodys_context_but_its_failure_is_logged_in_that_of_who_asked()
    {
        var heard = new TaskCompletionSource();
        await using var server = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(Chunk("a"));
            await exchange.WriteAsync(Chunk("b"));
            await heard.Task;
            exchange.Close();
        });
        var context = new AsyncLocal<string?> { Value = "who asked" };
        var log = new ContextLog(context);
        string? inContext = "not heard";
        var listener = new TextListener(waits: true, onText: () =>
        {
            inContext = context.Value;
            heard.TrySetResult();
        });

        await Assert.ThrowsAsync<UpstreamException>(() => Upstream(server, log).AskAsync(PlainApi.Question, listener, CancellationToken.None).WaitAsync(Asking.Patience));

        Assert.Null(inContext);
        Assert.Equal("who asked", context.Value);
        var (message, loggedIn) = Assert.Single(log.Said);
        Assert.Contains("UpstreamTruncated", message, StringComparison.Ordinal);
        Assert.Equal("who asked", loggedIn);
    }

    private static HttpUpstream Upstream(ScriptedUpstream server, ILogger<HttpUpstream>? log = null) =>
        new(UpstreamHttp.Create(), new("test", UpstreamApi.OpenAIChat, server.BaseAddress, PlainApi.Key), TimeProvider.System, log ?? new ContextLog(new()));

    private static byte[] Answer(params string[] pieces) =>
        [.. pieces.SelectMany(Chunk), .. Encoding.UTF8.GetBytes("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")];

    private static byte[] Chunk(string text) =>
        Encoding.UTF8.GetBytes($"data: {{\"id\":\"x\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n");

    /// <summary>Takes text as it comes.</summary>
    private sealed class TextListener(int most = int.MaxValue, bool waits = false, Action? onText = null) : IChatListener
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public int Texts { get; private set; }

        public ChatEvent? Last { get; private set; }

        public ValueTask<bool> HearAsync(ChatEvent said)
        {
            Last = said;
            if (said is TextDelta text)
                _text.Append(Encoding.UTF8.GetString(text.Text.Span));
            return waits ? WaitAsync() : new(true);
        }

        public ValueTask<bool> HearTextAsync(ReadOnlySpan<byte> text)
        {
            Texts++;
            _text.Append(Encoding.UTF8.GetString(text));
            onText?.Invoke();
            return waits ? WaitAsync() : new(Texts < most);
        }

        private static async ValueTask<bool> WaitAsync()
        {
            await Task.Yield();
            return true;
        }
    }

    private sealed class ContextLog(AsyncLocal<string?> context) : ILogger<HttpUpstream>
    {
        public ConcurrentQueue<(string Message, string? Context)> Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue((formatter(state, exception), context.Value));
    }
}
