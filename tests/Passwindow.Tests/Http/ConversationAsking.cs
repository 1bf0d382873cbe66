using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Passwindow.Tests.Http;

/// <summary>What clients send about conversations.</summary>
internal static class ConversationAsking
{
    public static async Task<JsonElement> GetJsonAsync(this ServerUnderTest server, string path, string? tenant = null)
    {
        using var response = await server.SendAsync(HttpMethod.Get, path, tenant: tenant);
        response.EnsureSuccessStatusCode();
        return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
    }

    public static async Task<HttpResponseMessage> SendAsync(
        this ServerUnderTest server, HttpMethod method, string path, string? body = null, string? tenant = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        if (tenant is not null)
            request.Headers.Add("X-Tenant", tenant);
        return await server.Http.SendAsync(request).WaitAsync(ServerUnderTest.Patience);
    }

    public static Task<HttpResponseMessage> RenameAsync(this ServerUnderTest server, string id, string body, string? tenant = null) =>
        server.SendAsync(HttpMethod.Patch, $"/chat/conversations/{id}", body, tenant);

    public static Task<HttpResponseMessage> DeleteAsync(this ServerUnderTest server, string id, string? tenant = null) =>
        server.SendAsync(HttpMethod.Delete, $"/chat/conversations/{id}", tenant: tenant);
}
