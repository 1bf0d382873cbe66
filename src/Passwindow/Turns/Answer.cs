using System.Buffers;
using System.Text;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Turns;

/// <summary>
/// One answer of the model within a turn, as it goes back to the model when tools make another round necessary. Its text is in the journal, and nowhere else:
/// of most answers nobody asks for it again.
/// </summary>
/// <param name="after">The number of the event before its first.</param>
internal sealed class Answer(long after)
{
    private readonly List<MessagePart> _parts = [];
    private readonly ArrayBufferWriter<byte> _reasoning = new();
    private readonly List<string> _told = [];

    public List<RoundCall> Calls { get; } = [];

    /// <summary>How the model ended it; null as long as it has not.</summary>
    public AnswerEnded? Ended { get; set; }

    /// <summary>The reason for that end.</summary>
    public FinishReason? Reason => Ended?.Reason;

    /// <summary>The provider's counts for it.</summary>
    public Usage? Usage { get; set; }

    /// <summary>Reads what it said, all of which must be committed.</summary>
    public async Task<string> ReadTextAsync(ITurnReader turn, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        await foreach (var said in turn.ReadAllAsync(cancellation, after))
        {
            if (said.Type == EventType.Token)
                text.Append(EventJson.GetString(said.Json.Span, "token"u8));
        }

        return text.ToString();
    }

    /// <summary>Arguments of a call were told while the model wrote them.</summary>
    public void MarkTold(string call)
    {
        if (!IsTold(call))
            _told.Add(call);
    }

    public bool IsTold(string call) => _told.Contains(call);

    public void AddReasoning(ReasoningDelta delta)
    {
        _reasoning.Write(delta.Text.Span);
        if (delta.Signature is null && delta.Redacted is null)
            return;
        _parts.Add(new ReasoningPart(Encoding.UTF8.GetString(_reasoning.WrittenSpan), delta.Signature, delta.Redacted));
        _reasoning.ResetWrittenCount();
    }

    /// <param name="text">What it said.</param>
    public ChatMessage ToMessage(string text)
    {
        var parts = new List<MessagePart>(_parts);
        if (text.Length > 0)
            parts.Add(new TextPart(text));
        parts.AddRange(Calls.Select(static call => call.ToPart()));
        return new ChatMessage(ChatRole.Assistant, parts);
    }
}
