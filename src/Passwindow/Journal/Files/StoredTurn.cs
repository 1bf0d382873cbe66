namespace Passwindow.Journal.Files;

/// <summary>A turn that has ended and is read from its conversation's file.</summary>
internal sealed class StoredTurn(ConversationFile file, TurnIndex turn) : ITurnReader
{
    public TurnOpening Opening => turn.Opening;

    public long Committed => turn.Last;

    public bool HasEnded => turn.HasEnded;

    public bool HasFailed => false;

    public ValueTask<int> ReadAsync(long after, CommittedBatch into, CancellationToken cancellation) =>
        file.ReadAsync(turn.Opening.Turn, after, into, cancellation);

    /// <summary>Its line never moves again.</summary>
    public IDisposable Listen(ICommitListener listener) => Nothing.Instance;

    private sealed class Nothing : IDisposable
    {
        public static Nothing Instance { get; } = new();

        public void Dispose()
        {
        }
    }
}
