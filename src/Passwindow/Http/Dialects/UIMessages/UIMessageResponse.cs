using System.Buffers;
using System.Globalization;
using Passwindow.Clock;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.UIMessages;
using Passwindow.Viewers;

namespace Passwindow.Http.Dialects.UIMessages;

/// <summary>
/// A response to a client of the AI SDK. It ends with the turn, or when the turn waits for nothing but people: such a client asks its person
/// only once the response has ended, and posts the answer.
/// </summary>
internal static class UIMessageResponse
{
    /// <summary>Tells which major version of the AI SDK the client has, where an app says so.</summary>
    public const string VersionHeader = "Passwindow-AI-SDK";

    /// <summary>Shows a message from its start: a turn, and before it those that it continues.</summary>
    public static async Task ShowAsync(Exchange exchange, ITurnReader turn)
    {
        var writer = Writer(exchange, turn);
        if (turn.Opening.Continues is not null)
            await writer.BeginWithAsync(await BeforeAsync(exchange, turn.Opening), exchange.Left);
        await ShowAsync(exchange, turn, after: 0, writer);
    }

    /// <summary>Shows the rest of a message.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="after">What the client has of it.</param>
    public static Task GoOnAsync(Exchange exchange, ITurnReader turn, long after) => ShowAsync(exchange, turn, after, Writer(exchange, turn));

    private static async Task ShowAsync(Exchange exchange, ITurnReader turn, long after, PausingWriter writer)
    {
        var dialect = Dialect.UIMessage with { CreateWriter = _ => writer, Joining = Joining.WithOpening };
        var running = exchange.Engine.Turns.Find(turn.Opening.Key);
        var watch = new PauseWatch(() => running is { WaitsForPeople: true } && writer.Shown == turn.Committed);
        var pulse = exchange.Engine.ViewerSettings(exchange.Context).Pulse;
        pulse.Add(watch);
        using var leaving = exchange.Left.UnsafeRegister(static watch => ((PauseWatch)watch!).Cancel(), watch);
        try
        {
            var end = await EventResponse.ShowAsync(exchange, turn, after, dialect, watch.Over);
            if (end != ViewerEnd.Left || exchange.Left.IsCancellationRequested)
                return;
            writer.WritePause(exchange.Response.BodyWriter);
            await exchange.Response.BodyWriter.FlushAsync(exchange.Left);
        }
        finally
        {
            pulse.Remove(watch);
        }
    }

    private static PausingWriter Writer(Exchange exchange, ITurnReader turn) => new(new UIMessageFrameWriter(FrameContexts.Of(turn.Opening), Options(exchange)));

    private static UIMessageOptions Options(Exchange exchange) =>
        int.TryParse(exchange.Request.Headers[VersionHeader].ToString().Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            ? UIMessageOptions.Of(version)
            : UIMessageOptions.Default;

    /// <summary>The turns that this one continues, oldest first.</summary>
    private static async Task<IReadOnlyList<ITurnReader>> BeforeAsync(Exchange exchange, TurnOpening opening)
    {
        var turns = await exchange.Engine.Journal.ReadConversationAsync(opening.ConversationKey, exchange.Left);
        var before = new List<ITurnReader>();
        for (var at = opening; at?.Continues is { } continued; at = before[0].Opening)
        {
            if (turns.FirstOrDefault(turn => turn.Opening.Turn == continued) is not { } turn)
                break;
            before.Insert(0, turn);
        }

        return before;
    }

    /// <summary>Looks, as often as the pulse beats, whether the response is to end.</summary>
    private sealed class PauseWatch(Func<bool> isDue) : IPulsed
    {
        private readonly CancellationTokenSource _over = new();

        public CancellationToken Over => _over.Token;

        public void Cancel() => _over.Cancel();

        public void OnPulse()
        {
            if (isDue())
                _over.Cancel();
        }
    }

    /// <summary>The dialect's writer, and how far it has been shown.</summary>
    private sealed class PausingWriter(UIMessageFrameWriter writer) : IFrameWriter
    {
        private readonly ArrayBufferWriter<byte> _before = new();
        private long _shown;

        public long Shown => Volatile.Read(ref _shown);

        /// <summary>Has the turns before, which ended for this one, stand before the first of its events.</summary>
        public async Task BeginWithAsync(IReadOnlyList<ITurnReader> turns, CancellationToken cancellation)
        {
            foreach (var turn in turns)
            {
                await foreach (var committed in turn.ReadAllAsync(cancellation))
                {
                    if (committed.Type is not (EventType.Usage or EventType.Done))
                        writer.Write(committed, _before);
                }
            }
        }

        public void Write(in CommittedEvent committed, IBufferWriter<byte> output)
        {
            if (_before.WrittenCount > 0)
            {
                output.Write(_before.WrittenSpan);
                _before.ResetWrittenCount();
            }

            writer.Write(committed, output);
            Volatile.Write(ref _shown, committed.Seq);
        }

        public void WriteOpening(IBufferWriter<byte> output) => writer.WriteOpening(output);

        public void WritePause(IBufferWriter<byte> output) => writer.WritePause(output);

        public void WriteHeartbeat(IBufferWriter<byte> output) => writer.WriteHeartbeat(output);

        public void WriteNotice(in ViewerNotice notice, IBufferWriter<byte> output) => writer.WriteNotice(notice, output);
    }
}
