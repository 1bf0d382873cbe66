using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>What one checked line says.</summary>
internal readonly record struct JournalRecord
{
    public long Batch { get; private init; }

    /// <summary>The turn it speaks of; default for a file's first line.</summary>
    public TurnId Turn { get; private init; }

    public JournalRecordKind Kind { get; private init; }

    /// <summary>Where in the line its JSON object stands.</summary>
    public Range Body { get; private init; }

    /// <summary>Of an event: its number.</summary>
    public long Seq { get; private init; }

    /// <summary>Of an event: its type.</summary>
    public EventType Type { get; private init; }

    /// <summary>Reads a line that passed its check.</summary>
    /// <exception cref="JournalDamagedException">It is no line of this format.</exception>
    public static JournalRecord Read(string path, long offset, ReadOnlySpan<byte> line)
    {
        try
        {
            return Parse(line);
        }
        catch (Exception e) when (IsFormat(e))
        {
            throw new JournalDamagedException(path, offset, e.Message);
        }
    }

    /// <summary>
    /// The same for a line that probably holds the next token of a turn: where it is spelled as such lines are, it is known without being parsed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where in it the line begins.</param>
    /// <param name="line">The line.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="head">The turn's <see cref="JournalLine.EventHead"/>.</param>
    /// <param name="seq">The number of its next event.</param>
    public static JournalRecord ReadNext(string path, long offset, ReadOnlySpan<byte> line, TurnId turn, ReadOnlySpan<byte> head, long seq)
    {
        var body = (JournalLine.HeadLength + head.Length)..(line.Length - 2);
        return line.Length > JournalLine.HeadLength + head.Length + 2
            && line[JournalLine.HeadLength..].StartsWith(head)
            && EventJson.BeginsAs(line[body], EventType.Token, seq)
            ? new JournalRecord { Turn = turn, Kind = JournalRecordKind.Event, Body = body, Seq = seq, Type = EventType.Token }
            : Read(path, offset, line);
    }

    /// <summary>Reads a line that may be anything; false if it is no line of this format.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out JournalRecord record)
    {
        try
        {
            record = Parse(line);
            return true;
        }
        catch (Exception e) when (IsFormat(e))
        {
            record = default;
            return false;
        }
    }

    /// <summary>Reads the object of a line that passed its check.</summary>
    /// <exception cref="JournalDamagedException">It is not what a line of its kind holds.</exception>
    public static T ReadBody<T>(string path, long offset, ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("It is null.");
        }
        catch (Exception e) when (IsFormat(e))
        {
            throw new JournalDamagedException(path, offset, e.Message);
        }
    }

    // The reader throws the last two for a value of another kind than the one asked for.
    private static bool IsFormat(Exception e) => e is JsonException or InvalidOperationException or FormatException;

    private static JournalRecord Parse(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        long batch = 0;
        TurnId turn = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("batch"u8))
            {
                reader.Read();
                batch = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("turn"u8))
            {
                reader.Read();
                if (!TurnId.TryParse(reader.GetString(), out turn))
                    throw new JsonException("This is not a turn's id.");
            }
            else if (KindOf(ref reader) is { } kind)
            {
                reader.Read();
                // It is the last thing on the line: only the closing brace and the line feed follow.
                var body = (int)reader.TokenStartIndex..(line.Length - 2);
                var record = new JournalRecord { Batch = batch, Turn = turn, Kind = kind, Body = body };
                return kind == JournalRecordKind.Event ? record.WithEvent(line[body]) : record;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        throw new JsonException("The line says nothing.");
    }

    /// <summary>Whether an event's JSON is a turn's end.</summary>
    public static bool IsDone(ReadOnlySpan<byte> json) => EventJson.TypeOf(json) == EventType.Done;

    /// <summary>How many tokens a <c>usage</c> event says were for nobody; 0 for any other event.</summary>
    public static long AbandonedTokens(ReadOnlySpan<byte> json) =>
        EventJson.TypeOf(json) == EventType.Usage ? EventJson.GetInt64(json, "abandoned_tokens"u8) ?? 0 : 0;

    private static JournalRecordKind? KindOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("event"u8))
            return JournalRecordKind.Event;
        if (reader.ValueTextEquals("open"u8))
            return JournalRecordKind.Open;
        if (reader.ValueTextEquals("commit"u8))
            return JournalRecordKind.Commit;
        if (reader.ValueTextEquals("runs"u8))
            return JournalRecordKind.Runs;
        if (reader.ValueTextEquals("title"u8))
            return JournalRecordKind.Title;
        if (reader.ValueTextEquals("gone"u8))
            return JournalRecordKind.Gone;
        if (reader.ValueTextEquals("entry"u8))
            return JournalRecordKind.Entry;
        return reader.ValueTextEquals("passwindow"u8) ? JournalRecordKind.File : null;
    }

    private JournalRecord WithEvent(ReadOnlySpan<byte> json)
    {
        // The two fields stand first in every event that was ever written, so this reads a few bytes only.
        long seq = EventJson.GetInt64(json, "seq"u8) ?? throw new JsonException("The event has no number.");
        return this with { Seq = seq, Type = EventJson.TypeOf(json) };
    }
}

/// <summary>The kinds of lines.</summary>
internal enum JournalRecordKind
{
    /// <summary>What the file is.</summary>
    File,

    /// <summary>A turn's opening.</summary>
    Open,

    /// <summary>A turn's event.</summary>
    Event,

    /// <summary>A turn that began in an earlier write-ahead file.</summary>
    Runs,

    /// <summary>The end of a batch.</summary>
    Commit,

    /// <summary>What somebody called the conversation.</summary>
    Title,

    /// <summary>The conversation was deleted, with all that stands before.</summary>
    Gone,

    /// <summary>What the catalog says of a conversation.</summary>
    Entry,
}
