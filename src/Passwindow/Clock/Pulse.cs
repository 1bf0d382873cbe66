using System.Collections.Concurrent;

namespace Passwindow.Clock;

/// <summary>
/// One timer for everything that waits: limits of turns, silences of viewers. Ten thousand waiting viewers cost no timer of their own.
/// What hangs on it is late by at most <see cref="Interval"/>.
/// </summary>
internal sealed class Pulse : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<IPulsed, byte> _members = new();
    private readonly ITimer _timer;
    private int _count;

    public Pulse(TimeProvider time) => _timer = time.CreateTimer(_ => Beat(), state: null, Interval, Interval);

    /// <summary>How many hang on it.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Add(IPulsed member)
    {
        if (_members.TryAdd(member, 0))
            Interlocked.Increment(ref _count);
    }

    public void Remove(IPulsed member)
    {
        if (_members.TryRemove(member, out _))
            Interlocked.Decrement(ref _count);
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        foreach (var (member, _) in _members)
            member.OnPulse();
    }
}

/// <summary>Something that waits for a time.</summary>
internal interface IPulsed
{
    /// <summary>Looks at the clock. It must return at once and never throw.</summary>
    void OnPulse();
}
