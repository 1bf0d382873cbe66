namespace Passwindow.Protocol.Upstream.Reading;

/// <summary>Makes chat events of the strings that hold an answer's text, its refusal and its thinking: three runs, each joined for itself.</summary>
internal sealed class AnswerText(TextBuffer buffer)
{
    private readonly SurrogateJoiner _text = new();
    private readonly SurrogateJoiner _refusal = new();
    private readonly SurrogateJoiner _reasoning = new();

    /// <summary>Whether any of them has said anything.</summary>
    public bool HasSpoken { get; private set; }

    /// <param name="json">A JSON value; what is not a string says nothing.</param>
    /// <param name="said">Where the event goes.</param>
    public void Text(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        if (TryTake(_text, json, out var text))
            said.Add(new TextDelta(text));
    }

    /// <inheritdoc cref="Text"/>
    public void Refusal(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        if (TryTake(_refusal, json, out var text))
            said.Add(new TextDelta(text, IsRefusal: true));
    }

    /// <inheritdoc cref="Text"/>
    public void Reasoning(ReadOnlySpan<byte> json, ICollection<ChatEvent> said)
    {
        if (TryTake(_reasoning, json, out var text))
            said.Add(new ReasoningDelta(text));
    }

    /// <summary>Nothing follows: halves of surrogate pairs that are still held are told as U+FFFD.</summary>
    public void End(ICollection<ChatEvent> said)
    {
        _reasoning.Flush(buffer);
        if (buffer.Take() is { IsEmpty: false } reasoning)
            said.Add(new ReasoningDelta(reasoning));
        _text.Flush(buffer);
        if (buffer.Take() is { IsEmpty: false } text)
            said.Add(new TextDelta(text));
        _refusal.Flush(buffer);
        if (buffer.Take() is { IsEmpty: false } refusal)
            said.Add(new TextDelta(refusal, IsRefusal: true));
    }

    private bool TryTake(SurrogateJoiner joiner, ReadOnlySpan<byte> json, out ReadOnlyMemory<byte> text)
    {
        text = default;
        if (!JsonSlice.IsString(json))
            return false;
        joiner.Append(json[1..^1], buffer);
        text = buffer.Take();
        HasSpoken |= !text.IsEmpty;
        return !text.IsEmpty;
    }
}
