using System.Text;
using System.Text.Json.Nodes;
using Passwindow.Http;
using Passwindow.Protocol;
using Passwindow.Testing;
using Passwindow.Testing.Dialects;
using Passwindow.Testing.Fixtures;
using Xunit;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>
/// A turn that is begun in any dialect and watched at the same time in all of them, each connection cut at random frames: every viewer ends with the same
/// text, calls, usage and end, as far as its dialect has words.
/// </summary>
public sealed class DialectMatrixTests(ITestOutputHelper log)
{
    private const int MostBreaks = 3;

    public static TheoryData<string> Beginnings => ["native", "keyed", "data", "text", "openai", "openai-responses", "anthropic", "ui-message", "ag-ui"];

    private enum Ending
    {
        IsWhole,
        BreaksOff,
        IsStopped,
    }

    private static readonly string[] Turns =
    [
        "chat-completions/deepseek-tool-variations-async",
        "anthropic-messages/anthropic-extended-thinking-anthropic-claude-haiku-4-5-streams-thinking-co",
    ];

    [Theory, MemberData(nameof(Beginnings))]
    public async Task Begun_in_one_and_watched_in_all_it_is_one_turn(string beginning)
    {
        log.WriteLine($"seed {TestDepth.Seed}");
        var random = new Random(TestDepth.Seed);
        for (int round = 0; round < TestDepth.Rounds(quick: 3, full: 15); round++)
        {
            foreach (string path in Turns)
                await RunAsync(beginning, new UpstreamRecording(path.Split('/')[0], path.Split('/')[1]), (Ending)random.Next(3), random);
        }
    }

    private static async Task RunAsync(string beginning, UpstreamRecording recording, Ending ending, Random random)
    {
        using var allCame = new SemaphoreSlim(0);
        using var halfSaid = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            byte[][] frames = [.. Encoding.UTF8.GetString(recording.Body).ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static frame => Encoding.UTF8.GetBytes(frame + "\n\n"))];
            for (int i = 0; i < frames.Length; i++)
            {
                if (i == frames.Length / 4)
                    await allCame.WaitAsync();
                if (i == frames.Length * 3 / 4 && ending == Ending.BreaksOff)
                {
                    exchange.Close();
                    return;
                }

                if (i == frames.Length * 3 / 4 && ending == Ending.IsStopped)
                {
                    halfSaid.Release();
                    await exchange.ClientGone;
                    return;
                }

                await exchange.WriteAsync(frames[i]);
                if (i % 4 == 0)
                    await Task.Delay(1); // so that the cuts fall where the turn runs
            }
        });
        await using var server = await ServerUnderTest.StartAsync(upstream, static options => options.Linger = Timeout.InfiniteTimeSpan);
        await using var first = await EventStreamClient.ConnectAsync(Begin(server, beginning, recording)).WaitAsync(ServerUnderTest.Patience);
        Assert.Equal(200, (int)first.Response.StatusCode);
        var key = new TurnKey(TenantId.Default, new TurnId(first.Turn()));
        var watching = Spoken.All.Select(spoken => new DialectViewer(server, first.Turn(), spoken, new Random(random.Next())).WatchAsync(random.Next(MostBreaks + 1))).ToList();
        allCame.Release();
        if (ending == Ending.IsStopped)
        {
            await halfSaid.WaitAsync().WaitAsync(ServerUnderTest.Patience);
            using var receipt = await server.StopTurnAsync(first.Turn());
        }

        var whole = Spoken.All.Single(spoken => spoken.Name == beginning).Decode(await first.RestAsync());
        var told = await Task.WhenAll(watching).WaitAsync(ServerUnderTest.Patience);

        var truth = told[0];
        if (ending != Ending.IsStopped) // it may be stopped before what was written is read
            Assert.NotEqual("", truth.Text + truth.Reasoning + string.Concat(truth.Calls.Select(static call => call.Name)));
        Assert.Equal(ending switch { Ending.BreaksOff => "error", Ending.IsStopped => "stopped", _ => truth.Calls.Count > 0 ? "tool_calls" : "stop" }, truth.End);
        var reader = (await server.Engine.Journal.FindAsync(key, CancellationToken.None))!;
        var context = FrameContexts.Of(reader.Opening);
        foreach (var (spoken, heard) in Spoken.All.Zip(told))
            Assert.Equal($"{spoken.Left(truth, context.IsClientTool)}", $"{heard}");
        Assert.Equal($"{Spoken.All.Single(spoken => spoken.Name == beginning).Left(truth, context.IsClientTool)}", $"{whole}");
        Assert.Single(upstream.Exchanges);
    }

    private static HttpRequestMessage Begin(ServerUnderTest server, string dialect, UpstreamRecording recording)
    {
        string model = recording.Api == "chat-completions" ? "up/m" : "claude/m";
        string[] tools = [.. recording.Expected.ToolCalls.Select(static call => call.Name).Distinct()];
        JsonObject question = new() { ["role"] = "user", ["content"] = "Hi" };
        var (path, body) = dialect switch
        {
            "openai" => ("/v1/chat/completions", new JsonObject
            {
                ["model"] = model, ["stream"] = true, ["stream_options"] = new JsonObject { ["include_usage"] = true }, ["messages"] = new JsonArray(question),
                ["tools"] = Array(tools, static name => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["parameters"] = new JsonObject { ["type"] = "object" } } }),
            }),
            "openai-responses" => ("/v1/responses", new JsonObject
            {
                ["model"] = model, ["stream"] = true, ["input"] = "Hi",
                ["tools"] = Array(tools, static name => new JsonObject { ["type"] = "function", ["name"] = name, ["parameters"] = new JsonObject { ["type"] = "object" } }),
            }),
            "anthropic" => ("/v1/messages", new JsonObject
            {
                ["model"] = model, ["stream"] = true, ["max_tokens"] = 1000, ["messages"] = new JsonArray(question),
                ["tools"] = Array(tools, static name => new JsonObject { ["name"] = name, ["input_schema"] = new JsonObject { ["type"] = "object" } }),
            }),
            "ui-message" => ("/api/chat", new JsonObject
            {
                ["id"] = "c_matrix", ["model"] = model, ["trigger"] = "submit-message", ["tools"] = Array(tools, static name => new JsonObject { ["name"] = name }),
                ["messages"] = new JsonArray(new JsonObject { ["id"] = "m1", ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "Hi" }) }),
            }),
            "ag-ui" => ("/ag-ui", new JsonObject
            {
                ["threadId"] = "c_matrix", ["runId"] = "r1", ["protocolVersion"] = "1.0", ["forwardedProps"] = new JsonObject { ["model"] = model },
                ["messages"] = new JsonArray(new JsonObject { ["id"] = "m1", ["role"] = "user", ["content"] = "Hi" }),
                ["tools"] = Array(tools, static name => new JsonObject { ["name"] = name, ["description"] = "" }),
            }),
            _ => ($"/chat?dialect={dialect}", JsonNode.Parse(Asking.Body(model: model, tools: tools))!.AsObject()),
        };
        if (tools.Length == 0)
            body.Remove("tools");
        return new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, path)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
    }

    private static JsonArray Array(string[] names, Func<string, JsonObject> declare) => [.. names.Select(declare)];
}
