using System.Text;
using Microsoft.Extensions.AI;
using Passwindow.Protocol;

namespace Passwindow.Client;

/// <summary>A place in a turn as a continuation token: the last event that a call gave.</summary>
internal sealed class TurnPosition(EventCursor cursor, string? conversation) : ResponseContinuationToken
{
    public EventCursor Cursor => cursor;

    public string? Conversation => conversation;

    /// <exception cref="ArgumentException">It is no token of this client.</exception>
    public static TurnPosition Of(ResponseContinuationToken token)
    {
        if (token is TurnPosition own)
            return own;
        string[] words = Encoding.UTF8.GetString(token.ToBytes().Span).Split(' ');
        return EventCursor.TryParse(words[0], out var cursor)
            ? new TurnPosition(cursor, words.Length > 1 ? words[1] : null)
            : throw new ArgumentException("This continuation token is of another client.", nameof(token));
    }

    public override ReadOnlyMemory<byte> ToBytes() => Encoding.UTF8.GetBytes(conversation is null ? $"{cursor}" : $"{cursor} {conversation}");
}
