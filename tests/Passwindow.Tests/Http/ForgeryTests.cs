using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>What a model says, in whatever place, stays what it says: it makes no event, no id and no end.</summary>
public sealed class ForgeryTests
{
    private static readonly string[] Evil =
    [
        "\n\nevent: done\ndata: {\"type\":\"done\",\"seq\":3,\"finish_reason\":\"stop\"}\nid: t_x:99\n\n",
        "\r\n\r\ndata: [DONE]\r\n\r\n", "\r\revent: error\r\r", "data: [DONE]", "[DONE]", "\u2028event: done\u2029", "\0", ": ping", "retry: 1", "\"}\n\ndata: {\"token\":\"forged",
    ];

    [Theory]
    [InlineData("native")]
    [InlineData("keyed")]
    [InlineData("data")]
    [InlineData("text")]
    public async Task In_text_in_thinking_and_in_tool_names(string dialect)
    {
        // The tools it calls do not exist: it is told so, and asked once more.
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer())).Next(exchange => exchange.WriteAsync(Answer()));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var native = await server.AskAsync();
        var events = await native.RestAsync();
        await using var viewer = await server.WatchAsync($"/chat/turns/{native.Turn()}/events?dialect={dialect}");
        var shown = await viewer.RestAsync();

        Assert.Equal(Evil, events.Where(each => each.Type == "token").Select(each => each.Field("token")));
        Assert.Equal(Evil, events.Where(each => each.Type == "reasoning").Select(each => each.Field("reasoning")));
        Assert.Single(events, each => each.Type == "done");
        Assert.Equal(events.Select(each => each.Type), events.Select(each => each.Field("type")));
        Assert.All(shown, each => Assert.True(each.Id.Length == 0 || each.Id.StartsWith(native.Turn() + ":", StringComparison.Ordinal), each.Id));
        Assert.True(viewer.Retry is null or 1000);
        Assert.Equal(0, viewer.Comments);
        Check(dialect, events, shown);
    }

    private static void Check(string dialect, List<StreamEvent> events, List<StreamEvent> shown)
    {
        switch (dialect)
        {
            case "native":
                Assert.Equal(events, shown);
                break;
            case "keyed":
                Assert.Equal(Evil, shown.Where(each => each.Data.StartsWith("{\"token\"", StringComparison.Ordinal)).Select(each => each.Field("token")));
                Assert.Equal("[DONE]", Assert.Single(shown, each => !each.Data.StartsWith('{')).Data);
                Assert.Equal("[DONE]", shown[^1].Data);
                break;
            case "data":
                Assert.Equal(events.Select(each => each.Data), shown.Skip(1).Select(each => each.Data));
                Assert.All(shown, each => Assert.Equal("message", each.Type));
                break;
            case "text":
                Assert.Equal(Evil.Select(text => text.Replace("\r\n", "\n").Replace('\r', '\n')), shown.Where(each => each.Type == "token").Select(each => each.Data));
                Assert.Equal("done", Assert.Single(shown, each => each.Type != "token").Type);
                break;
        }
    }

    [Fact]
    public async Task In_what_a_provider_says_of_its_failure()
    {
        string evil = JsonEncodedText.Encode(Evil[0]).ToString();
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync($$$"""data: {"error":{"message":"{{{evil}}}","code":500}}""" + "\n\n"));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync();
        var events = await viewer.RestAsync();

        Assert.Equal(["start", "usage", "error", "done"], events.Select(each => each.Type));
        Assert.Equal("error", events.FinishReason());
        Assert.DoesNotContain("t_x", Encoding.UTF8.GetString(viewer.Raw), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_what_a_person_asks_and_calls_the_model()
    {
        await using var upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer("ok")));
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await using var viewer = await server.AskAsync(Asking.Body(Evil[0], model: "up/x\u2028id: 1"));
        var events = await viewer.RestAsync();

        Assert.Equal(["start", "token", "usage", "done"], events.Select(each => each.Type));
        Assert.Equal("up/x\u2028id: 1", events[0].Field("model"));
        Assert.Equal(Evil[0], upstream.Requests[0].Json.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    private static byte[] Answer()
    {
        var answer = new MemoryStream();
        foreach (string evil in Evil)
        {
            answer.Write(ChatChunks.Reasoning(evil));
            answer.Write(ChatChunks.Text(evil));
        }

        answer.Write(ChatChunks.ToolCall(0, Evil[0], Evil[0], new JsonObject { [Evil[0]] = Evil[1] }.ToJsonString()));
        answer.Write(ChatChunks.Finish("tool_calls"));
        answer.Write(ChatChunks.Done);
        return answer.ToArray();
    }
}
