using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>Regenerating an answer and editing a message: the old turns stay readable and are no part of what goes on.</summary>
public sealed class RegenerateTests : IAsyncLifetime
{
    private int _count;
    private ScriptedUpstream _upstream = null!;
    private ServerUnderTest _server = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = new ScriptedUpstream(exchange => exchange.WriteAsync(ChatChunks.Answer($"a{++_count}")));
        _server = await ServerUnderTest.StartAsync(_upstream);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private async Task<string> AskAsync(string message, string? replaces = null)
    {
        var body = new JsonObject { ["message"] = message, ["conversation_id"] = "c1" };
        if (replaces is not null)
            body["replaces"] = replaces;
        await using var viewer = await _server.AskAsync(body.ToJsonString());
        Assert.Equal("stop", (await viewer.RestAsync()).FinishReason());
        return viewer.Turn();
    }

    private async Task<string> RegenerateAsync(string turn, string? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.Address, $"/chat/turns/{turn}/regenerate"))
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        await using var viewer = await EventStreamClient.ConnectAsync(request).WaitAsync(ServerUnderTest.Patience);
        Assert.Equal("stop", (await viewer.RestAsync()).FinishReason());
        return viewer.Turn();
    }

    private string Told(int request) => string.Join(' ', _upstream.Requests[request].Json.GetProperty("messages").EnumerateArray().Select(each => each.GetProperty("content").GetString()));

    private async Task<string> ShownAsync()
    {
        var json = JsonElement.Parse(await _server.Http.GetByteArrayAsync("/chat/conversations/c1"));
        return string.Join(' ', json.GetProperty("messages").EnumerateArray().Select(each => each.GetProperty("content").GetString()));
    }

    [Fact]
    public async Task A_regenerated_answer_takes_the_place_of_the_old_one_which_stays_readable()
    {
        await AskAsync("q1");
        string old = await AskAsync("q2");

        string anew = await RegenerateAsync(old);

        Assert.NotEqual(old, anew);
        Assert.Equal("q1 a1 q2", Told(2));
        Assert.Equal("q1 a1 q2 a3", await ShownAsync());
        await using var viewer = await _server.WatchAsync($"/chat/turns/{old}/events");
        Assert.Equal("a2", (await viewer.RestAsync()).Text());
        await AskAsync("q3");
        Assert.Equal("q1 a1 q2 a3 q3", Told(3));
    }

    [Fact]
    public async Task An_answer_regenerated_twice_and_the_first_of_all()
    {
        string first = await AskAsync("q1");
        string second = await RegenerateAsync(await RegenerateAsync(first));
        Assert.Equal("q1", Told(2));
        Assert.Equal("q1 a3", await ShownAsync());

        // The old one may be regenerated again as well: it stands at the same place.
        await RegenerateAsync(first, """{"model":"up/other"}""");
        Assert.Equal("q1 a4", await ShownAsync());
        Assert.Equal("other", _upstream.Requests[3].Json.GetProperty("model").GetString());
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task An_edited_message_leaves_out_what_came_after_it_and_one_of_the_old_branch_leads_back_there()
    {
        await AskAsync("q1");
        string second = await AskAsync("q2");
        string third = await AskAsync("q3");

        await AskAsync("q2b", replaces: second);
        Assert.Equal("q1 a1 q2b", Told(3));
        Assert.Equal("q1 a1 q2b a4", await ShownAsync());
        await AskAsync("q4");
        Assert.Equal("q1 a1 q2b a4 q4", Told(4));

        await AskAsync("q3b", replaces: third);
        Assert.Equal("q1 a1 q2 a2 q3b", Told(5));
        Assert.Equal("q1 a1 q2 a2 q3b a6", await ShownAsync());
    }

    [Fact]
    public async Task What_replaces_must_be_a_turn_of_the_conversation()
    {
        string turn = await AskAsync("q1");
        foreach (string body in new[]
        {
            new JsonObject { ["message"] = "x", ["conversation_id"] = "c2", ["replaces"] = turn }.ToJsonString(),
            new JsonObject { ["message"] = "x", ["conversation_id"] = "c1", ["replaces"] = "t_nobody" }.ToJsonString(),
            new JsonObject { ["message"] = "x", ["replaces"] = turn }.ToJsonString(),
            new JsonObject { ["message"] = "x", ["conversation_id"] = "c1", ["replaces"] = "a b" }.ToJsonString(),
        })
            Assert.Equal(HttpStatusCode.BadRequest, (await _server.AnswerAsync(body)).Response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.PostAsync("/chat/turns/t_nobody/regenerate", content: null)).StatusCode);
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task The_tools_of_the_old_turn_are_offered_again()
    {
        await using var viewer = await _server.AskAsync(Asking.Body("q1", tools: "look"));
        await viewer.RestAsync();
        await RegenerateAsync(viewer.Turn());
        Assert.Equal("look", _upstream.Requests[1].Json.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
    }
}
