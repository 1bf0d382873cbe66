using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Tests.Journal;

/// <summary>A viewer that reads at the line as soon as it moves, and notes what it is shown.</summary>
internal sealed class Viewer : ICommitListener, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CommittedBatch _batch = new(maxEvents: 5);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITurnReader _turn;
    private readonly History _history;
    private readonly IDisposable _listening;
    private long _last;

    public Viewer(ITurnReader turn, History history, long after = 0)
    {
        _turn = turn;
        _history = history;
        _last = after;
        _listening = turn.Listen(this);
        OnCommitted();
    }

    /// <summary>Completes when it saw the turn's end, or the journal's failure.</summary>
    public Task Ended => _ended.Task;

    public void OnCommitted()
    {
        lock (_gate)
        {
            // The embedded journal reads at once. One that has to wait needs a viewer with a loop of its own.
            while (_turn.ReadAsync(_last, _batch, default).AsTask().GetAwaiter().GetResult() > 0)
            {
                foreach (ref readonly var each in _batch.Events)
                {
                    _history.See(this, _turn.Opening.Key, each);
                    _last = each.Seq;
                    if (each.Type == EventType.Done)
                        _ended.TrySetResult();
                }
            }

            if (_turn.HasFailed)
                _ended.TrySetResult();
        }
    }

    public void Dispose() => _listening.Dispose();
}
