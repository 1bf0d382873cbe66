using System.Threading.Tasks.Sources;

namespace Passwindow.Viewers;

/// <summary>
/// Wakes one waiter. Sets that come while nobody waits are kept as one, so a wake-up is never lost; waiting allocates nothing.
/// </summary>
internal sealed class Signal : IValueTaskSource
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source;
    private bool _isSet;
    private bool _isAwaited;

    /// <summary>Wakes the waiter, or the next one to come. The waiter goes on on the thread pool: this returns at once.</summary>
    public void Set() => Set(here: false);

    /// <summary>The same, but the waiter goes on here and now, up to its next wait: no other thread need be woken for it.</summary>
    public void SetHere() => Set(here: true);

    private void Set(bool here)
    {
        lock (_gate)
        {
            if (!_isAwaited)
            {
                _isSet = true;
                return;
            }

            _isAwaited = false;
        }

        // Only who took the waiter away comes here, so nobody else touches the source.
        _source.RunContinuationsAsynchronously = !here;
        _source.SetResult(true);
    }

    /// <summary>Waits for a set since the last wait ended.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return ValueTask.CompletedTask;
            }

            _source.Reset();
            _isAwaited = true;
            return new ValueTask(this, _source.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
