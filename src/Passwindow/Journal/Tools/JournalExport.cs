using System.Text;
using System.Text.Json;
using Passwindow.Protocol;

namespace Passwindow.Journal.Tools;

/// <summary>Writes conversations for other programs, and for people.</summary>
internal static class JournalExport
{
    /// <summary>JSON lines, as <c>GET /chat/conversations/{id}/journal</c> gives them, and before them a line with the title if somebody gave one.</summary>
    public static void WriteJsonLines(SalvagedConversation conversation, Stream output)
    {
        if (conversation.GivenTitle is { } title)
        {
            var given = new GivenTitle(conversation.Key.Tenant, conversation.Key.Conversation, title);
            WriteLine(output, "{\"title\":", JsonSerializer.SerializeToUtf8Bytes(given, JournalJson.Default.GivenTitle));
        }

        foreach (var turn in conversation.Turns)
        {
            if (turn.Opening is { } opening)
                WriteLine(output, $"{{\"turn\":\"{turn.Id}\",\"open\":", opening.ToJson());
            foreach (var json in turn.Events)
                WriteLine(output, $"{{\"turn\":\"{turn.Id}\",\"event\":", json.Span);
        }
    }

    /// <summary>Markdown: what was said, the calls of tools, the sources, and how each answer ended.</summary>
    public static void WriteMarkdown(SalvagedConversation conversation, TextWriter output)
    {
        output.WriteLine($"# {Printable(conversation.Title.ReplaceLineEndings(" "))}");
        output.WriteLine();
        output.WriteLine($"Conversation `{conversation.Key.Conversation}` of `{conversation.Key.Tenant}`, {conversation.Turns.Count} turns.");
        foreach (var turn in conversation.Turns)
            Write(turn, output);
    }

    /// <summary>Text without control characters, which would speak to the terminal that shows it.</summary>
    public static string Printable(string text) =>
        string.Concat(text.Select(static each => char.IsControl(each) && each is not ('\n' or '\t') ? '\uFFFD' : each));

    private static void Write(SalvagedTurn turn, TextWriter output)
    {
        var opening = turn.LikelyOpening;
        output.WriteLine();
        output.WriteLine($"## {opening.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z · {Printable(opening.User ?? "user")}");
        output.WriteLine();
        output.WriteLine(turn.Opening is null ? "*(the message is lost)*" : Printable(opening.Message));
        output.WriteLine();
        output.WriteLine($"### {Printable(opening.Model)}");
        output.WriteLine();
        var text = new StringBuilder();
        var notes = new List<string>();
        foreach (var json in turn.Events)
            Add(json, text, notes);
        if (turn.Missing() is { } missing)
            notes.Add(missing);
        if (text.Length > 0)
            output.WriteLine(Printable(text.ToString()));
        foreach (string note in notes)
        {
            output.WriteLine();
            output.WriteLine($"*{Printable(note)}*");
        }
    }

    private static void Add(ReadOnlyMemory<byte> json, StringBuilder text, List<string> notes)
    {
        switch (SalvagedTurn.TypeOf(json))
        {
            case EventType.Token:
                text.Append(EventJson.GetString(json.Span, "token"u8));
                break;
            case EventType.ToolCall:
                notes.Add($"calls {EventJson.GetString(json.Span, "name"u8)} {Raw(json, "arguments"u8)}");
                break;
            case EventType.ToolResult:
                notes.Add($"{EventJson.GetString(json.Span, "name"u8)} answers {Raw(json, "result"u8) ?? Raw(json, "error"u8)}");
                break;
            case EventType.Citation:
                notes.Add($"source {Raw(json, "citation"u8)}");
                break;
            case EventType.Error:
                notes.Add($"error {EventJson.GetString(json.Span, "code"u8)}: {EventJson.GetString(json.Span, "message"u8)}");
                break;
            case EventType.Done:
                notes.Add($"end: {EventJson.GetString(json.Span, "finish_reason"u8)}");
                break;
        }
    }

    private static string? Raw(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> field) =>
        EventJson.TryGetRaw(json.Span, field, out var value) ? Encoding.UTF8.GetString(value) : null;

    private static void WriteLine(Stream output, string before, ReadOnlySpan<byte> json)
    {
        output.Write(Encoding.UTF8.GetBytes(before));
        output.Write(json);
        output.Write("}\n"u8);
    }
}
