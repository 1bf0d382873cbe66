using Microsoft.AspNetCore.Http;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Http.Dialects.DurableStreams;

/// <summary><c>live=long-poll</c>: what is there at once; else what comes within <see cref="Patience"/>, or 204.</summary>
internal static class StreamLongPoll
{
    /// <summary>Shorter than what proxies allow a silent response (nginx and most load balancers: 60 s).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    public static async Task ReadAsync(Exchange exchange, ITurnReader turn, long after)
    {
        await WaitAsync(exchange, turn, after);
        if (turn.HasFailed && turn.Committed <= after)
            throw UpstreamProblem.Of(turn.Opening, ErrorCode.JournalUnavailable, "What follows could not be saved, so it is not shown.");
        var chunk = await StreamChunk.ReadAsync(turn, after, exchange.Left);
        var response = exchange.Response;
        StreamHead.Write(response, turn, chunk.Last, chunk.IsClosed);
        if (chunk.IsUpToDate)
            StreamHead.WriteUpToDate(response);
        if (!chunk.IsClosed)
            StreamHead.WriteCursor(response, StreamLive.CursorFor(exchange));
        response.Headers.CacheControl = "no-store";
        if (chunk.Last > after)
            await chunk.SendAsync(exchange);
        else
            response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task WaitAsync(Exchange exchange, ITurnReader turn, long after)
    {
        var moved = new LineMoved();
        using var listening = turn.Listen(moved);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(exchange.Left, exchange.Engine.ViewerSettings(exchange.Context).Closing);
        long since = exchange.Engine.Time.GetTimestamp();
        try
        {
            while (turn.Committed <= after && !turn.HasEnded && !turn.HasFailed)
                await moved.NextAsync().WaitAsync(Patience - exchange.Engine.Time.GetElapsedTime(since), exchange.Engine.Time, left.Token);
        }
        catch (TimeoutException)
        {
            // Nothing came: that is an answer too.
        }
        catch (OperationCanceledException) when (!exchange.Left.IsCancellationRequested)
        {
            // The server goes down; the client comes again, perhaps to another.
        }
    }

    /// <summary>Tells that the committed line has moved.</summary>
    private sealed class LineMoved : ICommitListener
    {
        private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnCommitted() => _next.TrySetResult();

        /// <summary>Completes with the next move, or at once if there was one since it was asked for last.</summary>
        public Task NextAsync()
        {
            var next = _next;
            if (next.Task.IsCompleted)
                _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return next.Task;
        }
    }
}
