using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Integration.Tests.Dialects;

/// <summary>
/// <c>@ag-ui/client</c> 1.0.0 (<c>one</c>) and 0.0.59 (<c>zero</c>), the last before it, unchanged: their verifiers refuse a run for one event out of
/// order, and every warning of theirs is a fault of ours.
/// </summary>
public sealed class AgUiClientTests
{
    public static TheoryData<string> Versions => ["one", "zero"];

    [Theory, MemberData(nameof(Versions))]
    public async Task Two_runs_are_one_thread(string version)
    {
        await using var site = await RecordedSite.StartAsync();
        site.Upstream
            .Next(static exchange => exchange.WriteAsync((byte[])[.. ChatChunks.Reasoning("hm"), .. ChatChunks.Answer("One", ".\n\u2028 👩‍👩‍👧")]))
            .Next(static exchange => exchange.WriteAsync(ChatChunks.Answer("Two.")));

        var said = await NodeClient.RunAsync("ag-ui/run.mjs", site.Address, version);

        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
        Assert.Equal(
            ["user First?", "reasoning hm", "assistant One.\n\u2028 👩‍👩‍👧", "user Second?", "assistant Two."],
            said.GetProperty("messages").EnumerateArray().Select(static message => $"{message.GetProperty("role")} {message.GetProperty("content")}"));
        Assert.Equal(
            "RUN_STARTED REASONING_START REASONING_MESSAGE_START REASONING_MESSAGE_CONTENT REASONING_MESSAGE_END REASONING_END TEXT_MESSAGE_START TEXT_MESSAGE_CONTENT TEXT_MESSAGE_CONTENT TEXT_MESSAGE_END RUN_FINISHED",
            string.Join(' ', said.GetProperty("first").GetProperty("types").EnumerateArray()));
        var end = said.GetProperty("second").GetProperty("end");
        Assert.Equal(("a thread: of any name", "r2", "success"), (end.GetProperty("threadId").GetString(), end.GetProperty("runId").GetString(), end.GetProperty("outcome").GetProperty("type").GetString()));
        Assert.Equal((3, 1), (end.GetProperty("usage")[0].GetProperty("inputTokens").GetInt32(), end.GetProperty("usage")[0].GetProperty("outputTokens").GetInt32()));
        Assert.Equal(3, site.Upstream.Requests[1].Json.GetProperty("messages").GetArrayLength());
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_tool_of_the_client_is_pending_and_its_result_goes_on(string version)
    {
        await using var site = await RecordedSite.StartAsync();
        site.Upstream
            .Next(static exchange => exchange.WriteAsync((byte[])
            [
                .. ChatChunks.Role, .. ChatChunks.Text("Let me see."), .. ChatChunks.ToolCall(0, "call_1", "weather", "{\"city\":"), .. ChatChunks.ToolCall(1, "call_2", "weather"),
                .. ChatChunks.ToolCall(0, arguments: "\"Rome\"}"), .. ChatChunks.ToolCall(1, arguments: "{\"city\":\"Oslo\"}"), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done,
            ]))
            .Next(static exchange => exchange.WriteAsync(ChatChunks.Answer("Sun.")));

        var said = await NodeClient.RunAsync("ag-ui/tools.mjs", site.Address, version);

        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
        Assert.Equal(
            ["""call_1 weather {"city":"Rome"}""", """call_2 weather {"city":"Oslo"}"""],
            said.GetProperty("calls").EnumerateArray().Select(static call => $"{call.GetProperty("id")} {call.GetProperty("function").GetProperty("name")} {call.GetProperty("function").GetProperty("arguments")}"));
        if (version == "one")
            Assert.Equal(["call_1", "call_2"], said.GetProperty("pending").EnumerateArray().Select(static id => id.GetString()));
        Assert.Equal(
            ["user", "assistant", "tool", "tool", "assistant"], said.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("role").GetString()));
        Assert.Equal("Sun.", said.GetProperty("messages")[4].GetProperty("content").GetString());
        Assert.Equal("success", said.GetProperty("end").GetProperty("outcome").GetProperty("type").GetString());
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Who_leaves_leaves_the_turn_and_a_stop_cancels_the_run(string version)
    {
        await using var site = await RecordedSite.StartAsync("--Passwindow:Linger=infinite");
        using var left = new SemaphoreSlim(0);
        site.Upstream
            .Next(async exchange =>
            {
                await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("On")]);
                await left.WaitAsync();
                await exchange.WriteAsync((byte[])[.. ChatChunks.Text(" and on."), .. ChatChunks.Finish("stop"), .. ChatChunks.Done]);
            })
            .Next(static async exchange =>
            {
                await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("Half")]);
                await exchange.ClientGone;
            });

        var said = await NodeClient.RunAsync("ag-ui/cancel.mjs", site.Address, version);
        left.Release();
        using var http = new HttpClient { BaseAddress = site.Address };
        await using var rest = await EventStreamClient.GetAsync(http, $"/chat/turns/{said.GetProperty("left").GetProperty("turn")}/events?dialect=text");
        var watched = await rest.ReadToEndAsync();

        Assert.Equal("abort", said.GetProperty("left").GetProperty("end").GetProperty("code").GetString()); // its own word for leaving
        Assert.Equal(["On", " and on.", "[DONE]"], watched.Select(static each => each.Data));
        var stopped = said.GetProperty("stopped");
        Assert.Equal("stopped", stopped.GetProperty("receipt").GetProperty("finish_reason").GetString());
        Assert.Equal("RUN_FINISHED", stopped.GetProperty("end").GetProperty("type").GetString());
        Assert.Equal(version == "one" ? "cancelled" : null, stopped.GetProperty("end").TryGetProperty("outcome", out var outcome) ? outcome.GetProperty("type").GetString() : null);
        Assert.Equal("Half", stopped.GetProperty("messages")[1].GetProperty("content").GetString());
        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_failure_on_the_way_is_a_run_error_and_a_refusal_a_status_with_words(string version)
    {
        await using var site = await RecordedSite.StartAsync();
        site.Upstream.Next(static async exchange =>
        {
            await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("Hal")]);
            exchange.Close();
        });

        var said = await NodeClient.RunAsync("ag-ui/error.mjs", site.Address, version);

        Assert.Equal(("RUN_ERROR", "upstream_truncated"), (said.GetProperty("end").GetProperty("type").GetString(), said.GetProperty("end").GetProperty("code").GetString()));
        Assert.Equal("Hal", said.GetProperty("messages")[1].GetProperty("content").GetString());
        Assert.Equal(400, said.GetProperty("refusal").GetProperty("status").GetInt32());
        Assert.Equal("The last message is empty.", said.GetProperty("refusal").GetProperty("payload").GetProperty("message").GetString());
    }

    [Fact]
    public async Task From_any_event_on_the_client_ends_with_the_same_messages()
    {
        await using var site = await RecordedSite.StartAsync();
        site.Upstream.Next(static exchange => exchange.WriteAsync((byte[])
        [
            .. ChatChunks.Role, .. ChatChunks.Reasoning("h"), .. ChatChunks.Reasoning("m"), .. ChatChunks.Text("Let me"), .. ChatChunks.Text(" see."),
            .. ChatChunks.ToolCall(0, "call_1", "weather", "{\"city\":"), .. ChatChunks.ToolCall(1, "call_2", "weather"),
            .. ChatChunks.ToolCall(0, arguments: "\"Rome\"}"), .. ChatChunks.ToolCall(1, arguments: "{}"), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done,
        ]));
        using var http = new HttpClient { BaseAddress = site.Address };
        var request = new HttpRequestMessage(HttpMethod.Post, "/chat") { Content = new StringContent("""{"message":"Weather?","tools":[{"name":"weather"}]}""", null, "application/json") };
        await using var native = await EventStreamClient.OpenAsync(http, request);
        int last = (await native.ReadToEndAsync()).Count;

        var said = await NodeClient.RunAsync("ag-ui/join.mjs", site.Address, "one", native.Response.Headers.GetValues("Passwindow-Turn").Single(), $"{last}");

        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
        var joined = said.GetProperty("joined").EnumerateArray().ToList();
        Assert.Equal(last, joined.Count);
        Assert.Equal(4, joined[0].GetProperty("messages").GetArrayLength() + joined[0].GetProperty("messages").EnumerateArray().Count(static message => message.TryGetProperty("toolCalls", out _)));
        foreach (var one in joined)
        {
            Assert.Equal(Canonical(joined[0].GetProperty("messages")), Canonical(one.GetProperty("messages")));
            Assert.Equal("RUN_FINISHED", one.GetProperty("end").GetProperty("type").GetString());
        }
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Who_comes_late_is_told_the_conversation_and_then_what_is_said(string version)
    {
        await using var site = await RecordedSite.StartAsync();
        using var joined = new SemaphoreSlim(0);
        site.Upstream
            .Next(static exchange => exchange.WriteAsync(ChatChunks.Answer("One.")))
            .Next(async exchange =>
            {
                await exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.Text("Tw")]);
                await joined.WaitAsync();
                await exchange.WriteAsync((byte[])[.. ChatChunks.Text("o."), .. ChatChunks.Finish("stop"), .. ChatChunks.Done]);
            })
            .Next(async exchange =>
            {
                joined.Release();
                await exchange.RespondAsync(200, "{}");
            });
        using var http = new HttpClient { BaseAddress = site.Address };
        Task<EventStreamClient> ask(string message) => EventStreamClient.OpenAsync(
            http, new HttpRequestMessage(HttpMethod.Post, "/chat") { Content = new StringContent($$"""{"message":"{{message}}","conversation_id":"c"}""", null, "application/json") });
        await using var first = await ask("First?");
        await first.ReadToEndAsync();
        await using var second = await ask("Second?");
        await second.TakeAsync(2);

        var said = await NodeClient.RunAsync("ag-ui/late.mjs", site.Address, version, second.Response.Headers.GetValues("Passwindow-Turn").Single(), $"{site.Upstream.BaseAddress}joined");

        Assert.Empty(said.GetProperty("warnings").EnumerateArray());
        Assert.Equal(["First?", "One.", "Second?", "Two."], said.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").GetString()));
        Assert.Equal("RUN_STARTED MESSAGES_SNAPSHOT TEXT_MESSAGE_START TEXT_MESSAGE_CONTENT TEXT_MESSAGE_END RUN_FINISHED", string.Join(' ', said.GetProperty("types").EnumerateArray()));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task A_persons_yes_resumes_the_turn_that_waits(string version)
    {
        await using var model = new ScriptedUpstream(static exchange => exchange.WriteAsync(ChatChunks.Answer("Paid.")));
        model.Next(static exchange => exchange.WriteAsync((byte[])[.. ChatChunks.Role, .. ChatChunks.ToolCall(0, "call_1", "pay", "{}"), .. ChatChunks.Finish("tool_calls"), .. ChatChunks.Done]));
        string folder = Directory.CreateTempSubdirectory("passwindow-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPasswindow(options =>
        {
            options.Journal = folder;
            options.FindOllama = false;
            options.Linger = TimeSpan.Zero; // the turn waits though nobody watches
            options.Providers["up"] = new ProviderOptions { Type = "OpenAI", BaseUrl = $"{model.BaseAddress}v1", ApiKey = "k", Models = { "m" } };
        });
        builder.Services.AddPasswindowTool("pay", "Pays.", static () => "done", static tool => tool.RequiresApproval = true);
        await using (var app = builder.Build())
        {
            app.MapPasswindow();
            app.MapPasswindowDialects();
            await app.StartAsync();

            var said = await NodeClient.RunAsync("ag-ui/interrupt.mjs", new Uri(app.Urls.First()), version);

            Assert.Empty(said.GetProperty("warnings").EnumerateArray());
            Assert.Equal("call_1", said.GetProperty("interrupts")[0].GetProperty("toolCallId").GetString());
            Assert.Equal(["user", "assistant", "tool", "assistant"], said.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("role").GetString()));
            Assert.Equal(("done", "Paid."), (said.GetProperty("messages")[2].GetProperty("content").GetString(), said.GetProperty("messages")[3].GetProperty("content").GetString()));
            Assert.Empty(said.GetProperty("pending").EnumerateArray());
        }

        Directory.Delete(folder, recursive: true);
    }

    // The order of an object's fields depends on which event made it.
    private static string Canonical(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', json.EnumerateObject().OrderBy(static field => field.Name, StringComparer.Ordinal).Select(static field => $"{field.Name}:{Canonical(field.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', json.EnumerateArray().Select(Canonical)) + "]",
        _ => json.GetRawText(),
    };
}
