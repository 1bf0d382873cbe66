using System.Buffers;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.DurableStreams;

namespace Passwindow.Http.Dialects.DurableStreams;

/// <summary><c>live=sse</c>: a viewer like any other, that is told where it stands, and sent away about every minute to come again.</summary>
internal static class StreamLive
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static async Task ShowAsync(Exchange exchange, ITurnReader turn, long after)
    {
        var writer = new DurableStreamsFrameWriter(CursorFor(exchange), seq => seq >= turn.Committed);
        var opening = new ArrayBufferWriter<byte>();
        if (after >= turn.Committed)
            writer.WriteControl(after, isUpToDate: true, turn.HasEnded, opening);
        using var minute = new CancellationTokenSource(Longest, exchange.Engine.Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(exchange.Left, minute.Token);
        var dialect = Dialect.DurableStreams with { CreateWriter = _ => writer };
        await EventResponse.ShowAsync(exchange, turn, after, dialect, over.Token, opening.WrittenMemory);
    }

    /// <summary>The cursor for the client, ahead of the one it sent.</summary>
    public static long CursorFor(Exchange exchange)
    {
        long? sent = exchange.Request.Query["cursor"] is [{ } text] && EventCursor.TryParseSeq(text, out long cursor) && cursor < long.MaxValue / 2 ? cursor : null;
        return StreamCursor.After(exchange.Engine.Time.GetUtcNow(), sent, Random.Shared.NextDouble());
    }
}
