using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>For a model whose answer is more easily written as a sequence.</summary>
internal static class ChatListenerExtensions
{
    /// <summary>Hears it to its end, or until the listener wants no more.</summary>
    public static async Task HearAllAsync(this IChatListener listener, IAsyncEnumerable<ChatEvent> answer)
    {
        await foreach (var said in answer)
        {
            if (!await listener.HearAsync(said))
                return;
        }
    }
}
