using System.Text;
using Passwindow.Diagnostics;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Turns;

/// <summary>Spells what happens in a turn as its next event and appends it. It counts the bytes, because an answer has a largest size.</summary>
internal sealed class TurnEvents(ITurnWriter writer, TurnTimeline? timeline)
{
    /// <summary>How far a turn may run ahead of the disk before it waits: the upstream is then read no faster than the journal writes.</summary>
    private const long MaxPendingBytes = 256 * 1024;

    /// <summary>A longer event's buffer is not kept.</summary>
    private const int MostKeptBytes = 64 * 1024;

    [ThreadStatic]
    private static EventWriter? t_spell; // of the thread: what it spells is appended at once, and the next turn's token finds it at hand

    private static EventWriter Spell => t_spell ??= new();

    /// <summary>The bytes of all events so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>The number of the last event so far; 0 before the first.</summary>
    public long Last => writer.NextSeq - 1;

    public bool RunsAhead => writer.PendingBytes > MaxPendingBytes;

    public ValueTask CommitAsync() => writer.CommitAsync();

    /// <inheritdoc cref="ITurnWriter.Hurry"/>
    public void Hurry() => writer.Hurry();

    public void Start(TurnOpening opening) =>
        Append(EventType.Start, Spell.Start(writer.NextSeq, opening.Conversation, opening.Turn, opening.Model, opening.CreatedAt));

    public void Token(ReadOnlySpan<byte> text, bool refusal) => Append(EventType.Token, Spell.Token(writer.NextSeq, text, refusal));

    public void Reasoning(ReadOnlySpan<byte> text, string? signature, string? redacted) =>
        Append(EventType.Reasoning, Spell.Reasoning(writer.NextSeq, text, signature, redacted));

    public void ToolArguments(string id, string name, ReadOnlySpan<byte> delta) =>
        Append(EventType.ToolArguments, Spell.ToolArguments(writer.NextSeq, id, name, delta));

    public void ToolCall(string id, string name, ReadOnlySpan<byte> arguments, bool approvalRequired) =>
        Append(EventType.ToolCall, Spell.ToolCall(writer.NextSeq, id, name, arguments, approvalRequired));

    public void ToolResult(string id, string name, ReadOnlySpan<byte> result, TimeSpan duration) =>
        Append(EventType.ToolResult, Spell.ToolResult(writer.NextSeq, id, name, result, (long)duration.TotalMilliseconds));

    public void ToolError(string id, string name, string error, TimeSpan duration) =>
        Append(EventType.ToolResult, Spell.ToolError(writer.NextSeq, id, name, error, (long)duration.TotalMilliseconds));

    public void ClientResult(ClientResult result)
    {
        if (result.Error is { } error)
            ToolError(result.Id, result.Name, error, TimeSpan.FromMilliseconds(result.DurationMs));
        else
            ToolResult(result.Id, result.Name, Encoding.UTF8.GetBytes(result.Result!.Value.GetRawText()), TimeSpan.FromMilliseconds(result.DurationMs));
    }

    public void Action(string id, ReadOnlySpan<byte> action) => Append(EventType.Action, Spell.Action(writer.NextSeq, id, action));

    public void SuggestedQuestions(IEnumerable<string> questions) =>
        Append(EventType.SuggestedQuestions, Spell.SuggestedQuestions(writer.NextSeq, questions));

    public void Citation(ReadOnlySpan<byte> citation) => Append(EventType.Citation, Spell.Citation(writer.NextSeq, citation));

    public void Seam(string reason, string model) => Append(EventType.Seam, Spell.Seam(writer.NextSeq, reason, model));

    public void Usage(Usage usage, TimeSpan? firstToken, TimeSpan duration, string? model, int tokensToNobody, byte[]? own) =>
        Append(EventType.Usage, Spell.Usage(
            writer.NextSeq, usage, (long?)firstToken?.TotalMilliseconds, (long)duration.TotalMilliseconds, model, tokensToNobody > 0 ? tokensToNobody : null, own));

    /// <summary>The turn's end: nothing can follow.</summary>
    public void End(TurnEnd end)
    {
        if (end.Code is { } code)
            Append(EventType.Error, Spell.Error(writer.NextSeq, code, end.Message, end.Retryable));
        Append(EventType.Done, Spell.Done(writer.NextSeq, end.Reason, upstreamReason: end.Answer?.UpstreamReason, stopSequence: end.Answer?.StopSequence));
    }

    private void Append(EventType type, ReadOnlySpan<byte> json)
    {
        timeline?.Said(writer.NextSeq);
        Bytes += json.Length;
        if (json.Length > MostKeptBytes)
            t_spell = null;
        writer.Append(type, json);
    }
}
