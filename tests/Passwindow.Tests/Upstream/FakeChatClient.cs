using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Passwindow.Tests.Upstream;

/// <summary>A chat client that does what a test says.</summary>
internal sealed class FakeChatClient(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) : IChatClient
{
    public List<ChatMessage> Messages { get; } = [];

    public ChatOptions? Options { get; private set; }

    public static FakeChatClient Of(params ChatResponseUpdate[] updates) => new(cancellation => Say(updates, cancellation));

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        Messages.AddRange(messages);
        Options = options;
        return answer(cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey) => null;

    public void Dispose()
    {
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Say(ChatResponseUpdate[] updates, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var update in updates)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return update;
        }
    }
}
