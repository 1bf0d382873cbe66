using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// Who hears what a model says. It is called by whoever reads the model's bytes, so that a token on its way to the journal wakes one method,
/// the one that reads: all behind it are plain calls.
/// </summary>
internal interface IChatListener
{
    /// <summary>
    /// Takes what the model says next; its memory is valid until the task has completed. It mostly completes at once. Where the listener
    /// cannot keep up it does not, and the upstream is not read meanwhile.
    /// </summary>
    /// <returns>Whether it wants to hear more. What it throws is no failure of the upstream: it goes through to whoever asked.</returns>
    ValueTask<bool> HearAsync(ChatEvent said);

    /// <summary>Takes a piece of text as <see cref="HearAsync"/> takes a <see cref="TextDelta"/> of it: what nearly all of an answer consists of needs no object. It is valid until the method returns.</summary>
    ValueTask<bool> HearTextAsync(ReadOnlySpan<byte> text) => HearAsync(new TextDelta(text.ToArray()));

    /// <summary>Who is to hear the next of this answer: another than this once all that it would do is to pass it on.</summary>
    IChatListener Next => this;
}
