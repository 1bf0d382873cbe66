using System.Buffers;
using System.Globalization;
using System.Text;

namespace Passwindow.Protocol.Dialects.UIMessages;

/// <summary>
/// The parts of the message that are open: a step (one answer of the model, with what its calls gave) and, within it, text or thinking. Clients
/// throw at a piece of a part that was not begun, and newer ones no longer end a part with its step: so each is begun and ended here.
/// </summary>
internal sealed class UIMessageParts
{
    private const int EmptyText = 2; // the quotes

    private Kind _open;
    private byte[] _id = [];
    private bool _inStep;
    private bool _hasResults;
    private bool _hasActions;

    private enum Kind
    {
        None,
        Text,
        Reasoning,
    }

    /// <summary>The model says something: in a new step, if the calls of its answer before have been answered.</summary>
    public void Speak(IBufferWriter<byte> output)
    {
        if (_hasResults || _hasActions)
            EndStep(output);
        if (_inStep)
            return;
        UIMessageChunk.Whole(output, "start-step"u8);
        _inStep = true;
    }

    /// <summary>A piece of text.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="seq">The event's number, by which a part that begins with it is named.</param>
    /// <param name="text">A JSON string.</param>
    public void Text(IBufferWriter<byte> output, long seq, ReadOnlySpan<byte> text) => Say(output, Kind.Text, seq, text);

    /// <summary>A piece of thinking; empty when there is only something to send back to the provider.</summary>
    public void Reasoning(IBufferWriter<byte> output, long seq, ReadOnlySpan<byte> text) => Say(output, Kind.Reasoning, seq, text);

    /// <summary>An action was taken. More may follow in the same step.</summary>
    public void Act(IBufferWriter<byte> output)
    {
        if (_hasResults)
            EndStep(output);
        End(output);
        _hasActions = true;
    }

    /// <summary>A call was answered.</summary>
    public void Answer(IBufferWriter<byte> output)
    {
        End(output);
        _hasResults = true;
    }

    /// <summary>Ends the text or thinking that is open.</summary>
    public void End(IBufferWriter<byte> output)
    {
        WriteEnd(output);
        _open = Kind.None;
    }

    /// <summary>Ends the step that is open, and what is open in it.</summary>
    public void EndStep(IBufferWriter<byte> output)
    {
        WriteStepEnd(output);
        Forget();
    }

    /// <summary>Another response ended what is open, as <see cref="WriteStepEnd"/> does.</summary>
    public void Forget()
    {
        _open = Kind.None;
        _inStep = _hasResults = _hasActions = false;
    }

    /// <summary>Writes the ends of what is open without ending it: for one response that ends before the turn.</summary>
    public void WriteStepEnd(IBufferWriter<byte> output)
    {
        WriteEnd(output);
        if (_inStep)
            UIMessageChunk.Whole(output, "finish-step"u8);
    }

    private void WriteEnd(IBufferWriter<byte> output)
    {
        if (_open == Kind.Text)
            UIMessageChunk.OfPart(output, "text-end"u8, _id);
        else if (_open == Kind.Reasoning)
            UIMessageChunk.OfPart(output, "reasoning-end"u8, _id);
    }

    private void Say(IBufferWriter<byte> output, Kind kind, long seq, ReadOnlySpan<byte> text)
    {
        if (text.Length <= EmptyText)
            return;
        bool isText = kind == Kind.Text;
        if (_open != kind)
        {
            End(output);
            _open = kind;
            _id = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"{(isText ? "text" : "reasoning")}-{seq}\""));
            UIMessageChunk.OfPart(output, isText ? "text-start"u8 : "reasoning-start"u8, _id);
        }

        UIMessageChunk.Begin(output, isText ? "text-delta"u8 : "reasoning-delta"u8);
        UIMessageChunk.Member(output, "id"u8, _id);
        UIMessageChunk.Member(output, "delta"u8, text);
        UIMessageChunk.End(output);
    }
}
