using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>A rename or a deletion on its way: one line of the write-ahead file, in a group commit with whatever else waits.</summary>
/// <param name="key">The conversation.</param>
/// <param name="title">Its new title; null deletes it.</param>
/// <param name="onCommitted">Is called by whoever commits, once the line is durable.</param>
internal sealed class ConversationChange(ConversationKey key, string? title, Action<ConversationChange> onCommitted) : ICommitting
{
    private readonly TaskCompletionSource<bool> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConversationKey Key => key;

    public string? Title => title;

    /// <summary>Completes when it is done: whether there was such a conversation.</summary>
    public Task<bool> Completion => _completion.Task;

    public long Frame(LineBuffer output, long file, long batch, ref uint crc)
    {
        crc = title is null
            ? JournalLine.WriteGone(output, batch, key, crc)
            : JournalLine.WriteTitle(output, batch, new GivenTitle(key.Tenant, key.Conversation, title), crc);
        return 0;
    }

    public void Publish(long seq, WakeUps wakeUps) => onCommitted(this);

    public void Complete(bool existed) => _completion.TrySetResult(existed);

    public void Fail(JournalUnavailableException failure) => _completion.TrySetException(failure);
}
