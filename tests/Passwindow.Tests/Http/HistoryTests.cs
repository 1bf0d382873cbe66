using System.Net;
using System.Text.Json;
using Passwindow.Testing;
using Xunit;

namespace Passwindow.Tests.Http;

/// <summary>A request may bring what was said before, where the server does not know it.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task What_a_request_brings_is_the_whole_conversation_from_then_on_also_for_the_turns_that_follow_and_for_one_that_is_regenerated()
    {
        await using var upstream = new ScriptedUpstream(static async exchange =>
        {
            await exchange.HeadAsync();
            await exchange.WriteAsync(ChatChunks.Answer("ok"));
            await exchange.EndAsync();
        });
        await using var server = await ServerUnderTest.StartAsync(upstream);
        await PostAsync(server, """{"message":"Forget this.","conversation_id":"c"}""");
        var second = await PostAsync(server, """{"message":"Who am I?","conversation_id":"c","history":[{"role":"system","content":"Be brief."},{"role":"user","content":"I am Ada."},{"role":"assistant","content":"Hello."}]}""");
        await PostAsync(server, """{"message":"Sure?","conversation_id":"c"}""");
        using var again = await server.Http.PostAsync($"/chat/turns/{second.GetProperty("turn_id")}/regenerate", null);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);

        string[] brought = ["Be brief.", "I am Ada.", "Hello.", "Who am I?"];
        Assert.Equal(["Forget this."], Told(upstream, 0));
        Assert.Equal(brought, Told(upstream, 1));
        Assert.Equal([.. brought, "ok", "Sure?"], Told(upstream, 2));
        Assert.Equal(brought, Told(upstream, 3));
    }

    [Theory]
    [InlineData("""{"message":"m","history":{}}""")]
    [InlineData("""{"message":"m","history":["text"]}""")]
    [InlineData("""{"message":"m","history":[{"role":"tool","content":"x"}]}""")]
    [InlineData("""{"message":"m","history":[{"role":"user"}]}""")]
    [InlineData("""{"message":"m","history":[{"role":"user","content":7}]}""")]
    public async Task A_history_of_another_form_is_refused_and_nothing_is_journalled(string body)
    {
        await using var server = await ServerUnderTest.StartAsync(null);
        using var response = await server.Http.PostAsync("/chat", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, server.JournalledBytes());
    }

    private static async Task<JsonElement> PostAsync(ServerUnderTest server, string body)
    {
        using var response = await server.Http.PostAsync("/chat", new StringContent(body, System.Text.Encoding.UTF8, "application/json")).WaitAsync(ServerUnderTest.Patience);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private static IEnumerable<string> Told(ScriptedUpstream upstream, int request) =>
        upstream.Requests[request].Json.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").GetString()!);
}
