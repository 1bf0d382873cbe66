using System.Buffers;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Turns;

/// <summary>One answer of the model within a turn, as it goes back to the model when tools make another round necessary.</summary>
internal sealed class Answer
{
    private readonly List<MessagePart> _parts = [];
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _reasoning = new();
    private readonly List<string> _told = [];

    public List<RoundCall> Calls { get; } = [];

    /// <summary>How the model ended it; null as long as it has not.</summary>
    public AnswerEnded? Ended { get; set; }

    /// <summary>The reason for that end.</summary>
    public FinishReason? Reason => Ended?.Reason;

    /// <summary>The provider's counts for it.</summary>
    public Usage? Usage { get; set; }

    /// <summary>What it said.</summary>
    public string Text => Encoding.UTF8.GetString(_text.WrittenSpan);

    public void AddText(ReadOnlySpan<byte> text) => _text.Write(text);

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

    public ChatMessage ToMessage()
    {
        var parts = new List<MessagePart>(_parts);
        if (_text.WrittenCount > 0)
            parts.Add(new TextPart(Text));
        parts.AddRange(Calls.Select(static call => call.ToPart()));
        return new ChatMessage(ChatRole.Assistant, parts);
    }
}
