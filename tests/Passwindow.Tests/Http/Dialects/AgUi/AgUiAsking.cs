using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Testing;
using Passwindow.Testing.Dialects;
using Passwindow.Tests.Tools;

namespace Passwindow.Tests.Http.Dialects.AgUi;

/// <summary>What an AG-UI client sends, and what it is sent.</summary>
internal static class AgUiAsking
{
    public static JsonObject Input(string thread, string run, params IEnumerable<JsonNode> messages) => new()
    {
        ["threadId"] = thread,
        ["runId"] = run,
        ["protocolVersion"] = "1.0",
        ["messages"] = new JsonArray([.. messages]),
        ["tools"] = new JsonArray(),
        ["context"] = new JsonArray(),
        ["state"] = new JsonObject(),
        ["forwardedProps"] = new JsonObject(),
    };

    public static JsonObject Message(string id, string role, string content) => new() { ["id"] = id, ["role"] = role, ["content"] = content };

    public static JsonObject ToolMessage(string id, string call, string content) => new() { ["id"] = id, ["role"] = "tool", ["toolCallId"] = call, ["content"] = content };

    public static JsonObject With(this JsonObject input, string field, string json)
    {
        input[field] = JsonNode.Parse(json);
        return input;
    }

    public static HttpRequestMessage Request(JsonObject input)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/ag-ui") { Content = new StringContent(input.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Accept.ParseAdd("text/event-stream");
        return request;
    }

    public static Task<EventStreamClient> RunAsync(this ChatServer server, JsonObject input) => EventStreamClient.OpenAsync(server.Http, Request(input));

    public static Task<HttpResponseMessage> PostAsync(this ChatServer server, JsonObject input) => server.Http.SendAsync(Request(input));

    /// <summary>Runs to the end of the response, whose order the decoder has checked.</summary>
    public static async Task<List<JsonElement>> FinishAsync(this ChatServer server, JsonObject input)
    {
        await using var stream = await server.RunAsync(input);
        return await RestAsync(stream);
    }

    public static async Task<List<JsonElement>> RestAsync(EventStreamClient stream)
    {
        var frames = await stream.ReadToEndAsync().WaitAsync(ChatServer.Patience);
        _ = AgUiDecoder.Decode(EventStreamParser.Parse(stream.Raw));
        return [.. frames.Select(static frame => JsonElement.Parse(frame.Data))];
    }

    /// <summary>Reads until an event of that type has come.</summary>
    public static async Task<JsonElement> UntilAsync(EventStreamClient stream, string type)
    {
        while (await stream.NextAsync().WaitAsync(ChatServer.Patience) is { } frame)
        {
            if (JsonElement.Parse(frame.Data) is var json && json.Type() == type)
                return json;
        }

        throw new EndOfStreamException($"No {type} came.");
    }

    public static string Said(this IEnumerable<JsonElement> events) => string.Concat(events.Of("TEXT_MESSAGE_CONTENT").Select(static each => each.Text("delta")));

    public static JsonElement Outcome(this IReadOnlyList<JsonElement> events) => events[^1].GetProperty("outcome");
}
