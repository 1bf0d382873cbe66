using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>A model that answers: a provider reached over HTTP, any <c>IChatClient</c>, or the built-in demo.</summary>
internal interface IUpstream
{
    /// <summary>
    /// Asks, and has the listener hear what the model says as it says it, until the model has ended or the listener wants no more; the
    /// connection to the provider is then closed. What arrived together is heard without a pause in between.
    /// Cancelling <paramref name="cancellation"/> closes the connection at once, whatever the reading was waiting for.
    /// </summary>
    /// <exception cref="UpstreamException">The upstream failed; what it said before stands.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task AskAsync(ChatRequest request, IChatListener listener, CancellationToken cancellation);
}
