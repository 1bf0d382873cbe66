using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Passwindow.Testing;
using Passwindow.Tests.Tools;

namespace Passwindow.Tests.Http.Dialects;

/// <summary>A page of the AI SDK, as far as the server sees it: it keeps the messages and sends them all.</summary>
internal sealed class ChatPage(ChatServer server, string chat)
{
    /// <summary>The messages as the page has them.</summary>
    public JsonArray Messages { get; private set; } = [];

    /// <summary>The id of the message that was shown last.</summary>
    public string LastId => Messages[^1]!["id"]!.GetValue<string>();

    /// <summary>What the person writes, with an id of the page's own.</summary>
    public static JsonObject Question(string text, string id = "") =>
        new() { ["id"] = id.Length > 0 ? id : $"u-{text}", ["role"] = "user", ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) };

    /// <summary>Says something and reads the answer.</summary>
    public Task<List<JsonElement>> SayAsync(string text)
    {
        Messages.Add(Question(text));
        return SendAsync();
    }

    /// <summary>Sends what the page has and reads the answer into its messages.</summary>
    public async Task<List<JsonElement>> SendAsync(params (string Name, JsonNode? Value)[] fields)
    {
        await using var stream = await OpenAsync(fields);
        var chunks = await ChunksAsync(stream);
        Take(chunks);
        return chunks;
    }

    /// <summary>Sends what the page has.</summary>
    public Task<EventStreamClient> OpenAsync(params (string Name, JsonNode? Value)[] fields) => EventStreamClient.OpenAsync(server.Http, Request(fields));

    /// <summary>Sends what the page has and reads the refusal.</summary>
    public async Task<(int Status, string Words)> RefusedAsync(params (string Name, JsonNode? Value)[] fields)
    {
        using var response = await server.Http.SendAsync(Request(fields));
        Xunit.Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks for what runs; null for 204.</summary>
    public async Task<EventStreamClient?> ResumeAsync()
    {
        var response = await server.Http.GetAsync(Stream, HttpCompletionOption.ResponseHeadersRead);
        if ((int)response.StatusCode == 204)
            return null;
        response.Dispose();
        return await EventStreamClient.OpenAsync(server.Http, new HttpRequestMessage(HttpMethod.Get, Stream));
    }

    /// <summary>Asks for the stop that the app adds.</summary>
    public Task<HttpResponseMessage> StopAsync() => server.Http.DeleteAsync(Stream);

    /// <summary>The messages up to one, without it: what a page keeps when a person edits that one.</summary>
    public void CutAt(int index) => Messages = [.. Messages.Take(index).Select(static message => message!.DeepClone())];

    /// <summary>Reads a response to its end.</summary>
    public static async Task<List<JsonElement>> ChunksAsync(EventStreamClient stream)
    {
        var frames = await stream.ReadToEndAsync().WaitAsync(ChatServer.Patience);
        Xunit.Assert.Equal("[DONE]", frames[^1].Data);
        return [.. frames.SkipLast(1).Select(static frame => JsonElement.Parse(frame.Data))];
    }

    /// <summary>Does with the chunks what the SDK does, as far as the tests look at it.</summary>
    public void Take(IEnumerable<JsonElement> chunks)
    {
        JsonObject? message = null;
        foreach (var chunk in chunks)
        {
            string id = chunk.Text("toolCallId") ?? "";
            JsonArray? parts = message?["parts"]!.AsArray();
            JsonObject? call = parts?.FirstOrDefault(part => part!["toolCallId"]?.GetValue<string>() == id)?.AsObject();
            switch (chunk.Type())
            {
                case "start":
                    message = Begin(chunk.Text("messageId")!);
                    break;
                case "start-step":
                    parts!.Add(new JsonObject { ["type"] = "step-start" });
                    break;
                case "text-delta":
                    parts!.Add(new JsonObject { ["type"] = "text", ["text"] = chunk.Text("delta") });
                    break;
                case "tool-input-available" when call is null:
                    parts!.Add(new JsonObject
                    {
                        ["type"] = chunk.TryGetProperty("dynamic", out _) ? "dynamic-tool" : $"tool-{chunk.Text("toolName")}",
                        ["toolName"] = chunk.Text("toolName"),
                        ["toolCallId"] = id,
                        ["state"] = "input-available",
                        ["input"] = JsonNode.Parse(chunk.GetProperty("input").GetRawText()),
                    });
                    break;
                case "tool-approval-request":
                    call!["state"] = "approval-requested";
                    call["approval"] = new JsonObject { ["id"] = chunk.Text("approvalId") };
                    break;
                case "tool-output-available":
                    call!["state"] = "output-available";
                    call["output"] = JsonNode.Parse(chunk.GetProperty("output").GetRawText());
                    break;
                case "tool-output-error":
                    call!["state"] = "output-error";
                    call["errorText"] = chunk.Text("errorText");
                    break;
            }
        }
    }

    /// <summary>The call of that id in the last message.</summary>
    public JsonObject Call(string id) => Messages[^1]!["parts"]!.AsArray().Single(part => part!["toolCallId"]?.GetValue<string>() == id)!.AsObject();

    /// <summary>The page's own tool has run.</summary>
    public void Give(string id, JsonNode output)
    {
        Call(id)["state"] = "output-available";
        Call(id)["output"] = output;
    }

    /// <summary>The person has answered.</summary>
    public void Approve(string id, bool approved)
    {
        Call(id)["state"] = "approval-responded";
        Call(id)["approval"]!["approved"] = approved;
    }

    private string Stream => $"/api/chat/{Uri.EscapeDataString(chat)}/stream";

    private HttpRequestMessage Request((string Name, JsonNode? Value)[] fields)
    {
        var body = new JsonObject { ["id"] = chat, ["messages"] = Messages.DeepClone(), ["trigger"] = "submit-message" };
        foreach (var (name, value) in fields)
            body[name] = value;
        return new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = JsonContent.Create(body) };
    }

    // As in the SDK: a response goes on in the last message if that is the model's.
    private JsonObject Begin(string id)
    {
        if (Messages[^1]!["role"]!.GetValue<string>() == "assistant")
        {
            Messages[^1]!["id"] = id;
            return Messages[^1]!.AsObject();
        }

        var message = new JsonObject { ["id"] = id, ["role"] = "assistant", ["parts"] = new JsonArray() };
        Messages.Add(message);
        return message;
    }
}

/// <summary>What tests ask of chunks.</summary>
internal static class ChunkAsserts
{
    /// <summary>The types, without those that only frame.</summary>
    public static string Types(this IEnumerable<JsonElement> chunks) =>
        string.Join(' ', chunks.Select(EventAsserts.Type).Where(static type => type is not ("start" or "text-start" or "text-end" or "start-step" or "finish-step" or "message-metadata")));

    /// <summary>The text of the answer.</summary>
    public static string Said(this IEnumerable<JsonElement> chunks) => string.Concat(chunks.Of("text-delta").Select(static chunk => chunk.Text("delta")));

    /// <summary>What the last metadata says of the end.</summary>
    public static string Ended(this IEnumerable<JsonElement> chunks) =>
        chunks.Last(static chunk => chunk.TryGetProperty("messageMetadata", out _)).GetProperty("messageMetadata").Text("finish_reason") ?? "";
}
