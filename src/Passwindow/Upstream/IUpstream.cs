using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>A model that answers: a provider reached over HTTP, any <c>IChatClient</c>, or the built-in demo.</summary>
internal interface IUpstream
{
    /// <summary>
    /// Asks, and gives what the model says as it says it. What arrived together is given without a pause in between.
    /// Cancelling <paramref name="cancellation"/> closes the connection to the provider at once, whatever the reading was waiting for.
    /// </summary>
    /// <exception cref="UpstreamException">The upstream failed; what it said before stands.</exception>
    IAsyncEnumerable<ChatEvent> AskAsync(ChatRequest request, CancellationToken cancellation);
}
