using Microsoft.Extensions.AI;

namespace Passwindow.Client.Tests;

/// <summary>What the tests of the client say and gather.</summary>
internal static class Talking
{
    /// <summary>Longer than anything here takes, shorter than a person waits for a test that hangs.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public static ChatMessage[] Hello { get; } = [new(ChatRole.User, "Hello")];

    public static PasswindowChatClient Client(Uri server, Action<PasswindowChatClientOptions>? configure = null)
    {
        var options = new PasswindowChatClientOptions { FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(50) };
        configure?.Invoke(options);
        return new PasswindowChatClient(new Uri(server, "chat"), options: options);
    }

    public static async Task<List<ChatResponseUpdate>> AllAsync(this IAsyncEnumerable<ChatResponseUpdate> updates)
    {
        var all = new List<ChatResponseUpdate>();
        await foreach (var update in updates)
            all.Add(update);
        return all;
    }
}
