using System.Net;
using System.Text;
using System.Text.Json;
using Passwindow.Testing;

namespace Passwindow.Tests.Http.Dialects.OpenAIResponses;

/// <summary>Asks for responses as a client of OpenAI's Responses API does.</summary>
internal static class Responding
{
    public static async Task<JsonElement> CreateAsync(this ServerUnderTest server, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var response = await server.Http.PostAsync("/v1/responses", Json(body)).WaitAsync(ServerUnderTest.Patience);
        return await ReadAsync(response, expected);
    }

    public static Task<EventStreamClient> CreateStreamAsync(this ServerUnderTest server, string body) =>
        EventStreamClient.ConnectAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/v1/responses")) { Content = Json(body) }).WaitAsync(ServerUnderTest.Patience);

    public static async Task<JsonElement> RetrieveAsync(this ServerUnderTest server, string id, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ReadAsync(await server.Http.GetAsync($"/v1/responses/{id}").WaitAsync(ServerUnderTest.Patience), expected);

    public static async Task<JsonElement> CancelAsync(this ServerUnderTest server, string id, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ReadAsync(await server.Http.PostAsync($"/v1/responses/{id}/cancel", content: null).WaitAsync(ServerUnderTest.Patience), expected);

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        string body = await response.Content.ReadAsStringAsync();
        Xunit.Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {body}");
        Xunit.Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(body);
    }

    public static string Id(this JsonElement response) => response.GetProperty("id").GetString()!;

    public static string Status(this JsonElement response) => response.GetProperty("status").GetString()!;

    /// <summary>All text of a response.</summary>
    public static string Said(this JsonElement response) => string.Concat(
        from item in response.GetProperty("output").EnumerateArray()
        where item.GetProperty("type").GetString() == "message"
        from part in item.GetProperty("content").EnumerateArray()
        select part.GetProperty("text").GetString());

    /// <summary>What an upstream of Chat Completions was told: role and content of each message.</summary>
    public static IEnumerable<string> Told(this UpstreamRequest request) => request.Json.GetProperty("messages").EnumerateArray()
        .Select(static message => $"{message.GetProperty("role").GetString()}: {(message.TryGetProperty("content", out var content) ? content.ToString() : "")}");

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
