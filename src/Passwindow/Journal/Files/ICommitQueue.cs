namespace Passwindow.Journal.Files;

/// <summary>Where a turn that has something to commit queues.</summary>
internal interface ICommitQueue
{
    void Enqueue(FileTurn turn);
}
