using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// Any <see cref="IChatClient"/>. Nobody knows how well it obeys a cancellation, so it is never waited for: it is left behind, and
/// disposed whenever it comes back.
/// </summary>
/// <param name="client">Gives the client; called at the first question, since making one may need what is not there at start.</param>
/// <param name="log">Where its failures are told.</param>
internal sealed class ChatClientUpstream(Func<IChatClient> client, ILogger<ChatClientUpstream> log) : IUpstream
{
    /// <inheritdoc/>
    public async Task AskAsync(ChatRequest request, IChatListener listener, CancellationToken cancellation)
    {
        await Task.Yield(); // what a client does before it first waits, if it ever does, holds up no turn's start
        await using var updates = new ChatClientUpdates(cancellation);
        var reader = new ChatClientReader();
        var said = new List<ChatEvent>();
        UpstreamException? fault = null;
        for (var more = true; more;)
        {
            said.Clear();
            try
            {
                updates.Start(client, request);
                more = await updates.NextAsync();
                if (more)
                    reader.Read(updates.Current, said);
                else
                    reader.End(said);
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            catch (Exception thrown)
            {
                UpstreamLog.ClientFailed(log, thrown);
                fault = thrown as UpstreamException
                    ?? new UpstreamException(ErrorCode.UpstreamUnavailable, "The model cannot be reached. Try again in a moment.", retryable: true, thrown) { WasLeftUnanswered = true }; // it has retries of its own
            }

            foreach (var chatEvent in said)
            {
                if (!await listener.HearAsync(chatEvent))
                    return;
            }

            if (fault is not null)
                throw fault;

            if (said.Count == 0 && !await listener.HearAsync(Heartbeat.Instance))
                return;
        }
    }
}
