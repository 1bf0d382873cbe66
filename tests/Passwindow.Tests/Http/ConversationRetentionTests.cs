using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Passwindow.Hosting;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

public sealed class ConversationRetentionTests
{
    [Fact]
    public async Task Old_conversations_go_and_young_and_running_ones_stay()
    {
        var time = new HandTime();
        var log = new Lines();
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            if (Encoding.UTF8.GetString(exchange.Request.Body).Contains("hold"))
            {
                await exchange.WriteAsync(ChatChunks.Text("a"));
                await exchange.ClientGone;
            }

            await exchange.WriteAsync(ChatChunks.Answer("Hi"));
        });
        await using var server = await ServerUnderTest.StartAsync(
            upstream,
            static options =>
            {
                options.Retention = TimeSpan.FromDays(30);
                options.Linger = Timeout.InfiniteTimeSpan; // a clock that leaps looks to a viewer like a connection that is stuck
                options.TurnTimeout = options.TokenTimeout = options.FirstTokenTimeout = Timeout.InfiniteTimeSpan;
            },
            services => services.AddSingleton<ILoggerProvider>(log),
            time);
        await server.AnswerAsync(Asking.Body(conversation: "c_old"));
        await using var running = await server.AskAsync(Asking.Body("hold", "c_running"));
        await running.NextAsync(2);
        time.Advance(TimeSpan.FromDays(20));
        await server.AnswerAsync(Asking.Body(conversation: "c_young"));
        time.Advance(TimeSpan.FromDays(10) + TimeSpan.FromHours(2));
        await Waiting.ForAsync(() =>
        {
            time.Advance(TimeSpan.FromHours(1));
            return log.All.Any(static line => line.Contains("Deleted 1 conversations"));
        });
        Assert.Equal(404, (int)(await server.SendAsync(HttpMethod.Get, "/chat/conversations/c_old")).StatusCode);
        Assert.Equal(200, (int)(await server.SendAsync(HttpMethod.Get, "/chat/conversations/c_running")).StatusCode);
        Assert.Equal(200, (int)(await server.SendAsync(HttpMethod.Get, "/chat/conversations/c_young")).StatusCode);
        Assert.Single(log.All, static line => line.Contains("Deleted"));
    }

    [Fact]
    public async Task Conversations_that_no_list_shows_go_after_a_day_and_those_that_somebody_stored_stay()
    {
        var time = new HandTime();
        var log = new Lines();
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("Hi")));
        await using var server = await ServerUnderTest.StartAsync(
            upstream, static options => options.Linger = Timeout.InfiniteTimeSpan, services => services.AddSingleton<ILoggerProvider>(log), time);
        async Task<string> askAsync(string store)
        {
            var content = new StringContent($$"""{"messages":[{"role":"user","content":"Hi"}],"store":{{store}}}""", Encoding.UTF8, "application/json");
            var response = await server.Http.PostAsync("/v1/chat/completions", content);
            return response.Headers.GetValues("Passwindow-Conversation").Single();
        }

        string hidden = await askAsync("false"), stored = await askAsync("true");
        time.Advance(TimeSpan.FromHours(23));
        string young = await askAsync("false");
        await Waiting.ForAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(30));
            return log.All.Any(static line => line.Contains("Deleted 1 conversations"));
        });

        Assert.Equal(404, (int)(await server.SendAsync(HttpMethod.Get, $"/chat/conversations/{hidden}")).StatusCode);
        Assert.Equal(200, (int)(await server.SendAsync(HttpMethod.Get, $"/chat/conversations/{stored}")).StatusCode);
        Assert.Equal(200, (int)(await server.SendAsync(HttpMethod.Get, $"/chat/conversations/{young}")).StatusCode);
        Assert.Contains(log.All, static line => line.Contains("Passwindow:UnlistedRetention", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("30d", 30 * 24)]
    [InlineData("1.5d", 36)]
    [InlineData("12h", 12)]
    public void Days_can_be_written(string text, double hours)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromHours(hours), duration);
    }

    [Fact]
    public void It_is_off_unless_set_and_zero_is_refused()
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, new PasswindowOptions().Retention);
        var result = new ValidateOptions().Validate(null, new PasswindowOptions { Retention = TimeSpan.Zero });
        Assert.Contains("Passwindow:Retention", result.FailureMessage);
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public List<string> All
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
