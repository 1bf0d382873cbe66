using Microsoft.Extensions.DependencyInjection;
using Passwindow.Testing;
using Passwindow.Upstream;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>A model that fails is asked again, then the next one is asked; never after a token, unless that is marked.</summary>
public sealed class FailoverTests
{
    private static Func<UpstreamExchange, Task> Status(int status, params (string Name, string Value)[] headers) => exchange => exchange.RespondAsync(status, "{}", headers: headers);

    private static Func<UpstreamExchange, Task> Answer(params string[] pieces) => exchange => exchange.WriteAsync(ChatChunks.Answer(pieces));

    private static Func<UpstreamExchange, Task> Break(params string[] pieces) => async exchange =>
    {
        await exchange.HeadAsync();
        foreach (string piece in pieces)
            await exchange.WriteAsync(ChatChunks.Text(piece));
        exchange.Close();
    };

    private static Task Claude(UpstreamExchange exchange, string text) => exchange.WriteAsync($$$$"""
        event: message_start
        data: {"type":"message_start","message":{"usage":{"input_tokens":5}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"{{{{text}}}}"}}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

        event: message_stop
        data: {"type":"message_stop"}


        """);

    private static Task<ServerUnderTest> StartAsync(ScriptedUpstream first, ScriptedUpstream second, Action<PasswindowOptions>? options = null) => ServerUnderTest.StartAsync(
        first,
        settings =>
        {
            settings.Providers["next"] = new ProviderOptions { Type = "OpenAI", BaseUrl = $"{second.BaseAddress}v1", ApiKey = "k" };
            settings.Providers["claude"] = new ProviderOptions { Type = "Anthropic", BaseUrl = $"{second.BaseAddress}", ApiKey = "k" };
            settings.Model = "up/m, next/n";
            options?.Invoke(settings);
        },
        services => services.AddSingleton(static provider => Fast(provider)));

    // The waits are tested with a clock of our own; here they would only be slow.
    private static FailoverSettings Fast(IServiceProvider services)
    {
        var options = services.GetRequiredService<Microsoft.Extensions.Options.IOptions<PasswindowOptions>>().Value;
        return new(RetryPolicy.Of(options.UpstreamRetries) with { FirstWait = TimeSpan.FromMilliseconds(1) }, options.FirstTokenTimeout, options.ContinueAfterBreak);
    }

    private static async Task<List<StreamEvent>> AskAsync(ServerUnderTest server, string? body = null)
    {
        await using var viewer = await server.AskAsync(body);
        return await viewer.RestAsync();
    }

    [Fact]
    public async Task A_model_that_is_unavailable_twice_answers_at_the_third_time()
    {
        await using var first = new ScriptedUpstream(Answer("Hello"));
        await using var second = new ScriptedUpstream(Answer("No"));
        first.Next(Status(503)).Next(Status(429, ("Retry-After", "0")));
        await using var server = await StartAsync(first, second);

        var events = await AskAsync(server);

        Assert.Equal(("Hello", "stop"), (events.Text(), events.FinishReason()));
        Assert.Equal((3, 0), (first.Requests.Count, second.Requests.Count));
        Assert.Null(events.Single(each => each.Type == "usage").Field("model"));
    }

    [Fact]
    public async Task After_two_retries_the_next_model_answers_and_usage_names_it()
    {
        await using var first = new ScriptedUpstream(Status(500));
        await using var second = new ScriptedUpstream(Answer("Hi"));
        await using var server = await StartAsync(first, second);

        var events = await AskAsync(server);

        Assert.Equal(("Hi", "stop"), (events.Text(), events.FinishReason()));
        Assert.Equal((3, 1), (first.Requests.Count, second.Requests.Count));
        Assert.Equal("up/m", events[0].Field("model"));
        Assert.DoesNotContain(events, each => each.Type is "seam" or "error");
        Assert.Equal("next/n", events.Single(each => each.Type == "usage").Field("model"));
        Assert.Equal("n", second.Requests[0].Json.GetProperty("model").GetString());
    }

    [Fact]
    public async Task A_provider_that_wants_a_longer_wait_than_30_seconds_fails_at_once()
    {
        await using var first = new ScriptedUpstream(Status(429, ("Retry-After", "86400")));
        await using var second = new ScriptedUpstream(Status(503, ("Retry-After", "86400")));
        await using var server = await StartAsync(first, second);

        var events = await AskAsync(server);

        Assert.Equal((1, 1), (first.Requests.Count, second.Requests.Count));
        Assert.Equal("upstream_unavailable", events.Single(each => each.Type == "error").Field("code"));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(413)]
    public async Task A_refused_request_is_asked_nobody_else(int status)
    {
        await using var first = new ScriptedUpstream(Status(status));
        await using var second = new ScriptedUpstream(Answer("No"));
        await using var server = await StartAsync(first, second);

        var events = await AskAsync(server);

        Assert.Equal((1, 0), (first.Requests.Count, second.Requests.Count));
        Assert.Equal("upstream_refused", events.Single(each => each.Type == "error").Field("code"));
    }

    [Fact]
    public async Task A_request_that_was_left_unanswered_is_not_sent_again_but_the_next_model_is_asked()
    {
        await using var first = new ScriptedUpstream(static exchange =>
        {
            exchange.Close();
            return Task.CompletedTask;
        });
        await using var second = new ScriptedUpstream(Answer("Hi"));
        await using var server = await StartAsync(first, second);

        Assert.Equal("Hi", (await AskAsync(server)).Text());
        Assert.Equal((1, 1), (first.Requests.Count, second.Requests.Count));
    }

    [Fact]
    public async Task A_silent_model_is_left_for_the_next_one_after_its_time_and_its_socket_is_closed()
    {
        await using var first = new ScriptedUpstream(static async exchange =>
        {
            await exchange.WriteAsync(": ping\n\n");
            await exchange.SilenceAsync();
        });
        await using var second = new ScriptedUpstream(Answer("Hi"));
        await using var server = await StartAsync(first, second, static settings => settings.FirstTokenTimeout = TimeSpan.FromMilliseconds(200));

        Assert.Equal("Hi", (await AskAsync(server)).Text());
        Assert.Equal((1, 1), (first.Requests.Count, second.Requests.Count));
        await (await first.ExchangeAsync(0)).ClientGone.WaitAsync(ServerUnderTest.Patience);
    }

    [Fact]
    public async Task A_model_that_was_named_is_the_only_one_asked()
    {
        await using var first = new ScriptedUpstream(Status(500));
        await using var second = new ScriptedUpstream(Answer("No"));
        await using var server = await StartAsync(first, second);

        var events = await AskAsync(server, Asking.Body(model: "up/m"));

        Assert.Equal((3, 0), (first.Requests.Count, second.Requests.Count));
        Assert.Equal("error", events.FinishReason());
    }

    [Fact]
    public async Task After_a_token_nothing_is_asked_again()
    {
        await using var first = new ScriptedUpstream(Break("Hel"));
        await using var second = new ScriptedUpstream(Answer("No"));
        await using var server = await StartAsync(first, second);

        var events = await AskAsync(server);

        Assert.Equal((1, 0), (first.Requests.Count, second.Requests.Count));
        Assert.Equal(("Hel", "error"), (events.Text(), events.FinishReason()));
        Assert.Equal("upstream_truncated", events.Single(each => each.Type == "error").Field("code"));
    }

    [Fact]
    public async Task A_broken_answer_is_continued_behind_a_seam_by_a_provider_that_can()
    {
        await using var first = new ScriptedUpstream(Break("The sky", " is "));
        await using var second = new ScriptedUpstream(static exchange => Claude(exchange, " blue."));
        await using var server = await StartAsync(first, second, static settings =>
        {
            settings.Model = "up/m, next/n, claude/c";
            settings.ContinueAfterBreak = true;
        });

        var events = await AskAsync(server);

        // What was shown ended in a space, which the API does not take; it is not shown twice either.
        Assert.Equal(("The sky is blue.", "stop"), (events.Text(), events.FinishReason()));
        Assert.Equal(["start", "token", "token", "seam", "token", "usage", "done"], events.Select(each => each.Type));
        Assert.Equal(("failover", "claude/c"), (events[3].Field("reason"), events[3].Field("model")));
        var asked = Assert.Single(second.Requests);
        Assert.Equal("/v1/messages", asked.Target);
        var last = asked.Json.GetProperty("messages").EnumerateArray().Last();
        Assert.Equal(("assistant", "The sky is"), (last.GetProperty("role").GetString(), last.GetProperty("content")[0].GetProperty("text").GetString()));
    }

    [Fact]
    public async Task A_broken_answer_that_nobody_can_continue_is_an_error()
    {
        await using var first = new ScriptedUpstream(Break("Hel"));
        await using var second = new ScriptedUpstream(Answer("No"));
        await using var server = await StartAsync(first, second, static settings => settings.ContinueAfterBreak = true);

        var events = await AskAsync(server);

        Assert.Equal((1, 0), (first.Requests.Count, second.Requests.Count));
        Assert.Equal(("Hel", "error"), (events.Text(), events.FinishReason()));
    }

    [Fact]
    public async Task A_stop_while_waiting_for_the_retry_ends_the_turn_at_once()
    {
        await using var first = new ScriptedUpstream(Status(503, ("Retry-After", "25")));
        await using var second = new ScriptedUpstream(Answer("No"));
        await using var server = await StartAsync(first, second);
        await using var viewer = await server.AskAsync();
        await first.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience);

        await server.StopTurnAsync(viewer.Turn());

        Assert.Equal("stopped", (await viewer.RestAsync()).FinishReason());
        Assert.Equal((1, 0), (first.Requests.Count, second.Requests.Count));
    }
}
