using System.Net;
using System.Text.Json;
using Passwindow.Protocol;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary><c>Idempotency-Key</c>: a request that is sent again begins nothing again.</summary>
public sealed class IdempotencyTests
{
    private static ScriptedUpstream Answering() => new(static exchange => exchange.WriteAsync(ChatChunks.Answer("Hel", "lo")));

    private static HttpRequestMessage Request(ServerUnderTest server, string key, string? body = null, string accept = "text/event-stream", string tenant = "t1")
    {
        var request = server.Post(body ?? Asking.Body(), accept);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        request.Headers.Add("X-Tenant", tenant);
        return request;
    }

    private static Task<ServerUnderTest> StartAsync(ScriptedUpstream upstream, Action<PasswindowOptions>? options = null) => ServerUnderTest.StartAsync(upstream, settings =>
    {
        settings.Identify = static context => TenantId.TryParse(context.Request.Headers["X-Tenant"], out var tenant) ? new Caller(tenant) : null;
        options?.Invoke(settings);
    });

    private static async Task<(string Turn, List<StreamEvent> Events)> AskAsync(ServerUnderTest server, HttpRequestMessage request)
    {
        await using var viewer = await EventStreamClient.ConnectAsync(request).WaitAsync(ServerUnderTest.Patience);
        Assert.Equal(HttpStatusCode.OK, viewer.Response.StatusCode);
        return (viewer.Turn(), await viewer.RestAsync());
    }

    private static async Task<HttpStatusCode> StatusAsync(ServerUnderTest server, HttpRequestMessage request) =>
        (await server.Http.SendAsync(request).WaitAsync(ServerUnderTest.Patience)).StatusCode;

    [Theory]
    [InlineData(null)]
    [InlineData("c1")]
    public async Task Fifty_at_once_give_one_turn_and_one_upstream_call(string? conversation)
    {
        await using var upstream = Answering();
        await using var server = await StartAsync(upstream);
        string body = Asking.Body(conversation: conversation);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(server, Request(server, "k", body))));

        Assert.Single(upstream.Requests);
        Assert.Single(answers.Select(each => each.Turn).Distinct());
        Assert.All(answers, each => Assert.Equal(answers[0].Events.Select(one => (one.Id, one.Data)), each.Events.Select(one => (one.Id, one.Data))));
        Assert.Equal("Hello", answers[0].Events.Text());
    }

    [Fact]
    public async Task A_turn_that_runs_or_has_ended_is_joined_from_its_start_also_as_a_document()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            await exchange.WriteAsync(ChatChunks.Text("Hel"));
            await gate.Task;
            await exchange.WriteAsync(ChatChunks.Answer("lo"));
        });
        await using var server = await StartAsync(upstream);
        await using var first = await EventStreamClient.ConnectAsync(Request(server, "k"));
        await first.NextAsync(2);
        await using var second = await EventStreamClient.ConnectAsync(Request(server, "k"));
        Assert.Equal(["start", "token"], (await second.NextAsync(2)).Select(each => each.Type));
        gate.SetResult();

        Assert.Equal("lo", (await second.RestAsync()).Text());
        var document = await server.Http.SendAsync(Request(server, "k", accept: "application/json"));
        var json = JsonElement.Parse(await document.Content.ReadAsByteArrayAsync());
        Assert.Equal(("Hello", first.Turn()), (json.GetProperty("response").GetString(), json.GetProperty("turn_id").GetString()));
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("c1")]
    public async Task Another_body_is_422_and_begins_nothing(string? conversation)
    {
        await using var upstream = Answering();
        await using var server = await StartAsync(upstream);
        await AskAsync(server, Request(server, "k", Asking.Body(conversation: conversation)));

        var refused = await server.Http.SendAsync(Request(server, "k", Asking.Body("Other", conversation)));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("idempotency_mismatch", await refused.Content.ReadAsStringAsync());
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task A_key_belongs_to_its_tenant()
    {
        await using var upstream = Answering();
        await using var server = await StartAsync(upstream);

        var mine = await AskAsync(server, Request(server, "k", tenant: "t1"));
        var theirs = await AskAsync(server, Request(server, "k", tenant: "t2"));

        Assert.NotEqual(mine.Turn, theirs.Turn);
        Assert.Equal(2, upstream.Requests.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("c1")]
    public async Task A_key_survives_a_restart(string? conversation)
    {
        string folder = Directory.CreateTempSubdirectory("passwindow-test-").FullName;
        await using var upstream = Answering();
        string body = Asking.Body(conversation: conversation);
        (string Turn, List<StreamEvent> Events) before, after;
        await using (var server = await StartAsync(upstream, settings => settings.Journal = folder))
            before = await AskAsync(server, Request(server, "k", body));
        await using (var server = await StartAsync(upstream, settings => settings.Journal = folder))
        {
            after = await AskAsync(server, Request(server, "k", body));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(server, Request(server, "k", Asking.Body("Other", conversation))));
        }

        Directory.Delete(folder, recursive: true);
        Assert.Equal(before.Turn, after.Turn);
        Assert.Equal(before.Events.Select(each => each.Data), after.Events.Select(each => each.Data));
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task The_key_of_a_turn_that_was_refused_is_not_burnt()
    {
        await using var upstream = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("b")));
        upstream.Next(static exchange => exchange.SilenceAsync());
        await using var server = await StartAsync(upstream);
        var running = Request(server, "first", Asking.Body(conversation: "c1"));
        await using var viewer = await EventStreamClient.ConnectAsync(running);
        string body = Asking.Body("Hi again", "c1");
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(server, Request(server, "k", body)));
        await upstream.ExchangeAsync(0).WaitAsync(ServerUnderTest.Patience); // or the silence would be the second turn's

        var stop = new HttpRequestMessage(HttpMethod.Post, $"/chat/turns/{viewer.Turn()}/stop") { Headers = { { "X-Tenant", "t1" } } };
        await server.Http.SendAsync(stop);
        var (_, events) = await AskAsync(server, Request(server, "k", body));

        Assert.Equal("b", events.Text());
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a\tb")]
    public async Task A_key_of_another_form_is_refused(string key)
    {
        await using var upstream = Answering();
        await using var server = await StartAsync(upstream);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server, Request(server, key)));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server, Request(server, new string('k', 257))));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public void No_more_than_10_000_keys_of_a_tenant_are_remembered_and_none_longer_than_a_day()
    {
        var time = new HandTime();
        var keys = new Turns.IdempotencyKeys(time);
        var turn = new TurnId("t");
        for (int i = 0; i <= Turns.IdempotencyKeys.MaxPerTenant; i++)
            keys.Settle(keys.Claim(TenantId.Default, $"k{i}", "h", out _), turn);

        keys.Claim(TenantId.Default, "k5", "h", out bool isMine);
        Assert.False(isMine);
        var oldest = keys.Claim(TenantId.Default, "k0", "h", out isMine);
        Assert.True(isMine);

        time.Advance(TimeSpan.FromHours(24));
        Assert.Same(oldest, keys.Claim(TenantId.Default, "k0", "h", out isMine)); // it is under way
        keys.Claim(TenantId.Default, "k9", "h", out isMine);
        Assert.True(isMine);
    }
}
