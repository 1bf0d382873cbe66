using System.Buffers;
using System.Globalization;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects;
using Passwindow.Protocol.Dialects.UIMessages;

namespace Passwindow.Http.Dialects.UIMessages;

/// <summary>
/// A response to a client of the AI SDK: a message, or the rest of one. A message is made by one turn, or by several where the page's own tools were
/// called between them.
/// </summary>
internal static class UIMessageResponse
{
    /// <summary>Tells which major version of the AI SDK the client has, where an app says so.</summary>
    public const string VersionHeader = "Passwindow-AI-SDK";

    /// <summary>Shows a message from its start: a turn, and before it those that it continues.</summary>
    public static async Task ShowAsync(Exchange exchange, ITurnReader turn)
    {
        var dialect = Of(exchange);
        if (turn.Opening.Continues is null)
        {
            await EventResponse.ShowAsync(exchange, turn, after: 0, dialect);
            return;
        }

        var writer = dialect.CreateWriter(FrameContexts.Of(turn.Opening));
        var before = await SpellBeforeAsync(exchange, turn.Opening, writer);
        await EventResponse.ShowAsync(exchange, turn, after: 0, dialect with { CreateWriter = _ => writer }, exchange.Left, before);
    }

    /// <summary>Shows the rest of a message.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="after">What the client has of it.</param>
    public static Task GoOnAsync(Exchange exchange, ITurnReader turn, long after) =>
        EventResponse.ShowAsync(exchange, turn, after, Of(exchange) with { Joining = Joining.WithOpening });

    private static Dialect Of(Exchange exchange)
    {
        string major = exchange.Request.Headers[VersionHeader].ToString().Split('.')[0];
        var options = int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? UIMessageOptions.Of(version) : UIMessageOptions.Default;
        return Dialect.UIMessage with { CreateWriter = context => new UIMessageFrameWriter(context, options) };
    }

    /// <summary>The turns that this one continues, without their ends.</summary>
    private static async Task<ReadOnlyMemory<byte>> SpellBeforeAsync(Exchange exchange, TurnOpening opening, IFrameWriter writer)
    {
        var turns = await exchange.Engine.Journal.ReadConversationAsync(opening.ConversationKey, exchange.Left);
        var before = new Stack<ITurnReader>();
        for (TurnId? next = opening.Continues; turns.FirstOrDefault(turn => turn.Opening.Turn == next) is { } turn; next = turn.Opening.Continues)
            before.Push(turn);
        var spelled = new ArrayBufferWriter<byte>();
        foreach (var turn in before)
        {
            await foreach (var committed in turn.ReadAllAsync(exchange.Left))
            {
                if (committed.Type is not (EventType.Usage or EventType.Done))
                    writer.Write(committed, spelled);
            }
        }

        return spelled.WrittenMemory;
    }
}
