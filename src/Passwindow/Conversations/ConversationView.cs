using System.Text.Json;
using Passwindow.Journal;

namespace Passwindow.Conversations;

/// <summary>
/// A conversation as a page shows it: the messages of the turns that have ended; of the running one the question, its id, how far it is
/// committed, and as <c>partial</c> what it said up to there, so that a viewer attaches after <c>last_seq</c> without a gap (or from the
/// start, and leaves <c>partial</c> aside).
/// </summary>
internal static class ConversationView
{
    /// <summary>Writes the members of the document.</summary>
    public static async Task WriteAsync(Utf8JsonWriter json, ConversationEntry entry, IReadOnlyList<ITurnReader> turns, CancellationToken cancellation)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, entry.Key.Conversation.Value);
        json.WriteString("title"u8, entry.Title);
        json.WriteString("updated_at"u8, entry.UpdatedAt);
        if (entry.AbandonedTokens > 0)
            json.WriteNumber("abandoned_tokens"u8, entry.AbandonedTokens);
        json.WriteStartArray("messages"u8);
        (ITurnReader Turn, long Last)? running = null;
        foreach (var turn in Branch.Current(turns, static turn => turn.Opening))
        {
            if (turn.Opening.Continues is null)
                WriteQuestion(json, turn.Opening);

            // The line moves while this reads: what it is now is what the answer is cut at, and what the viewer is told.
            long last = turn.Committed;
            if (turn.HasEnded)
                await WriteAnswerAsync(json, turn, long.MaxValue, cancellation);
            else if (turn.HasFailed)
                await WriteAnswerAsync(json, turn, last, cancellation);
            else
                running ??= (turn, last); // others wait for it
        }

        json.WriteEndArray();
        if (running is { } at)
        {
            json.WriteString("turn_id"u8, at.Turn.Opening.Turn.Value);
            json.WriteNumber("last_seq"u8, at.Last);
            json.WritePropertyName("partial"u8);
            await WriteAnswerAsync(json, at.Turn, at.Last, cancellation);
        }

        json.WriteEndObject();
    }

    private static void WriteQuestion(Utf8JsonWriter json, TurnOpening opening)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WriteString("content"u8, opening.Message);
        json.WriteString("turn_id"u8, opening.Turn.Value);
        json.WriteString("created_at"u8, opening.CreatedAt);
        if (opening.Metadata is { } metadata)
        {
            json.WritePropertyName("metadata"u8);
            metadata.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static async Task WriteAnswerAsync(Utf8JsonWriter json, ITurnReader turn, long last, CancellationToken cancellation)
    {
        var answer = new AnswerMessage();
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            if (committed.Seq > last)
                break;
            answer.Add(committed);
        }

        json.WriteStartObject();
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("turn_id"u8, turn.Opening.Turn.Value);
        json.WriteString("model"u8, turn.Opening.Model);
        answer.WriteTo(json);
        json.WriteEndObject();
    }
}
