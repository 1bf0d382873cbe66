using System.Text.Json;

namespace Passwindow.Server.Chat;

/// <summary>What the server says of its conversations.</summary>
internal sealed class ConversationList(Uri server) : IDisposable
{
    private const int Shown = 15;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The newest ones.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<IReadOnlyList<(string Id, string Title)>> NewestAsync(CancellationToken cancellation)
    {
        var page = await _http.GetFromJsonAsync<JsonElement>($"{server.AbsoluteUri.TrimEnd('/')}/conversations?limit={Shown}", cancellation);
        return [.. page.GetProperty("conversations").EnumerateArray().Select(static each => (each.GetProperty("id").GetString()!, each.GetProperty("title").GetString()!))];
    }

    /// <summary>What was said in one of them, oldest first: who, and what.</summary>
    /// <exception cref="HttpRequestException">There is no such one, or the server cannot be reached.</exception>
    public async Task<IReadOnlyList<(string Role, string Text, string Turn)>> ReadAsync(string id, CancellationToken cancellation)
    {
        var conversation = await _http.GetFromJsonAsync<JsonElement>($"{server.AbsoluteUri.TrimEnd('/')}/conversations/{Uri.EscapeDataString(id)}", cancellation);
        return
        [
            .. conversation.GetProperty("messages").EnumerateArray().Select(static message =>
                (message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!, message.GetProperty("turn_id").GetString()!)),
        ];
    }

    public void Dispose() => _http.Dispose();
}
