using System.Buffers;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// What has been shown of an answer that may have to be continued by another model: it is put before that model as the beginning of its
/// own answer. Only text can be continued so.
/// </summary>
/// <param name="listener">Whom it is shown.</param>
internal sealed class BegunAnswer(IChatListener listener) : IChatListener
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private bool _hasCalls;
    private bool _atSeam;
    private int _trimmed;
    private Usage? _before;
    private Usage? _usage;

    /// <summary>Whether there is text to go on from.</summary>
    public bool HasText => _text.WrittenCount > 0;

    public bool CanBeContinued => HasText && !_hasCalls;

    /// <summary>Keeps what is said and passes it on, changed where it follows a seam, unless nothing is left of it.</summary>
    public ValueTask<bool> HearAsync(ChatEvent said) => Keep(said) is { } shown ? listener.HearAsync(shown) : new(true);

    public ValueTask<bool> HearTextAsync(ReadOnlySpan<byte> text)
    {
        var joined = text[^Joined(text)..];
        _text.Write(joined);
        return joined.IsEmpty ? new(true) : listener.HearTextAsync(joined);
    }

    /// <summary>The model broke off; what is heard from now on is the next one's.</summary>
    public void Break()
    {
        _before = _before is null ? _usage : _usage is null ? _before : _before + _usage;
        _usage = null;
        _atSeam = true;
    }

    /// <summary>The answer so far. The API refuses one that ends in white space, so that is left out, and left out again when it is repeated.</summary>
    public ChatMessage ToMessage()
    {
        string text = Encoding.UTF8.GetString(_text.WrittenSpan);
        string trimmed = text.TrimEnd();
        _trimmed = text.Length - trimmed.Length;
        return ChatMessage.Of(ChatRole.Assistant, trimmed);
    }

    private ChatEvent? Keep(ChatEvent said)
    {
        switch (said)
        {
            case TextDelta text:
                var joined = text.Text[^Joined(text.Text.Span)..];
                _text.Write(joined.Span);
                return joined.IsEmpty ? null : text with { Text = joined };
            case UsageReported counts:
                // Both providers are paid.
                _usage = counts.Usage;
                return _before is null ? said : new UsageReported(_before + counts.Usage);
            case AnswerEnded { UpstreamUsage: not null } ended when _before is not null:
                return ended with { UpstreamUsage = null }; // those are the counts of one of them
            case ToolArgumentsDelta or ToolCallRequested:
                _hasCalls = true;
                return said;
            default:
                return said;
        }
    }

    /// <summary>How much of a piece of text is shown: all but the white space at a seam that was shown already.</summary>
    private int Joined(ReadOnlySpan<byte> text)
    {
        if (!_atSeam)
            return text.Length;
        int rest = _trimmed > 0 ? text.TrimStart(" \t\r\n"u8).Length : text.Length;
        _atSeam = rest == 0;
        return rest;
    }
}
