using System.Text;
using System.Text.Json;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Conversations;

/// <summary>
/// A conversation as a page shows it: the messages of the turns that have ended, and of the running one the question, its id and how far
/// it is committed, so that a viewer can attach without a gap.
/// </summary>
internal static class ConversationView
{
    public static async Task WriteAsync(Utf8JsonWriter json, ConversationId id, IReadOnlyList<ITurnReader> turns, CancellationToken cancellation)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id.Value);
        json.WriteString("title"u8, Title(turns[0].Opening.Message));
        json.WriteString("updated_at"u8, turns[^1].Opening.CreatedAt);
        json.WriteStartArray("messages"u8);
        ITurnReader? running = null;
        foreach (var turn in Branch.Current(turns, static turn => turn.Opening))
        {
            WriteQuestion(json, turn.Opening);
            if (turn.HasEnded)
                await WriteAnswerAsync(json, turn, cancellation);
            else
                running ??= turn; // others wait for it
        }

        json.WriteEndArray();
        if (running is not null)
        {
            json.WriteString("turn_id"u8, running.Opening.Turn.Value);
            json.WriteNumber("last_seq"u8, running.Committed);
        }

        json.WriteEndObject();
    }

    /// <summary>What a conversation is called until somebody names it: the beginning of the first message, at most 80 characters.</summary>
    public static string Title(string message)
    {
        const int longest = 80;
        string line = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= longest)
            return line;
        int end = char.IsHighSurrogate(line[longest - 2]) ? longest - 2 : longest - 1;
        return line[..end] + "…";
    }

    private static void WriteQuestion(Utf8JsonWriter json, TurnOpening opening)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "user"u8);
        json.WriteString("content"u8, opening.Message);
        json.WriteString("turn_id"u8, opening.Turn.Value);
        json.WriteString("created_at"u8, opening.CreatedAt);
        json.WriteEndObject();
    }

    private static async Task WriteAnswerAsync(Utf8JsonWriter json, ITurnReader turn, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var citations = new List<ReadOnlyMemory<byte>>();
        string? reason = null;
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            if (committed.Type == EventType.Token)
                text.Append(EventJson.GetString(committed.Json.Span, "token"u8));
            else if (committed.Type == EventType.Citation)
                citations.Add(committed.Json);
            else if (committed.Type == EventType.Done)
                reason = EventJson.GetString(committed.Json.Span, "finish_reason"u8);
        }

        json.WriteStartObject();
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, text.ToString());
        json.WriteString("turn_id"u8, turn.Opening.Turn.Value);
        json.WriteString("model"u8, turn.Opening.Model);
        json.WriteString("finish_reason"u8, reason);
        if (citations.Count > 0)
        {
            json.WriteStartArray("citations"u8);
            foreach (var citation in citations)
            {
                EventJson.TryGetRaw(citation.Span, "citation"u8, out var raw);
                json.WriteRawValue(raw);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
