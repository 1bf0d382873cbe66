namespace Passwindow.Journal.Files;

/// <summary>
/// Tells when the disk keeps a commit waiting for longer than a second: once for each such commit, while it waits, because afterwards is
/// too late for whoever wonders why no token comes.
/// </summary>
internal sealed class SlowDiskWatch : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Func<long> _batchUnderWay;
    private readonly Action _tell;
    private readonly ITimer _timer;
    private long _seen;
    private int _times;

    /// <param name="time">The clock.</param>
    /// <param name="batchUnderWay">The number of the batch that is being committed; 0 if none is.</param>
    /// <param name="tell">Is called when one takes too long.</param>
    public SlowDiskWatch(TimeProvider time, Func<long> batchUnderWay, Action tell)
    {
        _batchUnderWay = batchUnderWay;
        _tell = tell;
        _timer = time.CreateTimer(_ => Look(), state: null, Limit / 2, Limit / 2);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long batch = _batchUnderWay();
        _times = batch == _seen ? _times + 1 : 1;
        _seen = batch;
        if (batch != 0 && _times == 3) // two halves of the limit lie between
            _tell();
    }
}
