using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Testing;

namespace Passwindow.Tests.Http;

/// <summary>What the clients of these tests send.</summary>
internal static class Asking
{
    /// <summary>The body of <c>POST /chat</c>.</summary>
    public static string Body(string message = "Hi", string? conversation = null, string? model = null, params IEnumerable<string> tools)
    {
        var body = new JsonObject { ["message"] = message };
        if (conversation is not null)
            body["conversation_id"] = conversation;
        if (model is not null)
            body["model"] = model;
        if (tools.Any())
            body["tools"] = new JsonArray([.. tools.Select(name => new JsonObject { ["name"] = name })]);
        return body.ToJsonString();
    }

    public static HttpRequestMessage Post(this ServerUnderTest server, string body, string accept = "text/event-stream", string query = "") => new(HttpMethod.Post, new Uri(server.Address, $"/chat{query}"))
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { Accept = { new MediaTypeWithQualityHeaderValue(accept) } },
    };

    /// <summary>Starts a turn and watches it. The client has a connection of its own, so that it can be cut.</summary>
    public static Task<EventStreamClient> AskAsync(this ServerUnderTest server, string? body = null, string dialect = "native") =>
        EventStreamClient.ConnectAsync(server.Post(body ?? Body(), query: $"?dialect={dialect}")).WaitAsync(ServerUnderTest.Patience);

    /// <summary>Gets an event stream, continuing after <paramref name="lastEventId"/> if it is given.</summary>
    public static Task<EventStreamClient> WatchAsync(this ServerUnderTest server, string path, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, path));
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return EventStreamClient.ConnectAsync(request).WaitAsync(ServerUnderTest.Patience);
    }

    /// <summary>The whole answer as one document; its status says whether it is one.</summary>
    public static async Task<(HttpResponseMessage Response, JsonElement Json)> AnswerAsync(this ServerUnderTest server, string? body = null)
    {
        var response = await server.Http.SendAsync(server.Post(body ?? Body(), "application/json")).WaitAsync(ServerUnderTest.Patience);
        return (response, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()));
    }

    public static Task<HttpResponseMessage> StopTurnAsync(this ServerUnderTest server, string turn) =>
        server.Http.PostAsync($"/chat/turns/{turn}/stop", content: null).WaitAsync(ServerUnderTest.Patience);

    /// <summary>The turn that a response shows.</summary>
    public static string Turn(this EventStreamClient viewer) => viewer.Response.Headers.GetValues("Passwindow-Turn").Single();

    /// <summary>The conversation that a response belongs to.</summary>
    public static string Conversation(this EventStreamClient viewer) => viewer.Response.Headers.GetValues("Passwindow-Conversation").Single();

    public static JsonElement Json(this StreamEvent one) => JsonElement.Parse(one.Data);

    public static string? Field(this StreamEvent one, string name) => one.Json().TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>The rest of the response, within patience.</summary>
    public static Task<List<StreamEvent>> RestAsync(this EventStreamClient viewer) => viewer.ReadToEndAsync().WaitAsync(ServerUnderTest.Patience);

    /// <summary>The next events, within patience.</summary>
    public static Task<List<StreamEvent>> NextAsync(this EventStreamClient viewer, int count) => viewer.TakeAsync(count).WaitAsync(ServerUnderTest.Patience);

    /// <summary>The answer's text.</summary>
    public static string Text(this IEnumerable<StreamEvent> events) => string.Concat(events.Where(each => each.Type == "token").Select(each => each.Field("token")));

    /// <summary>The <c>finish_reason</c> of the <c>done</c> that ends the events.</summary>
    public static string? FinishReason(this IReadOnlyList<StreamEvent> events) => events[^1].Type == "done" ? events[^1].Field("finish_reason") : null;
}
