namespace Passwindow.Clock;

/// <summary>
/// One timer for everything that waits: limits of turns, silences of viewers. Ten thousand waiting viewers cost no timer of their own, and
/// each is looked at only when something of it may be due. What hangs on it is late by at most <see cref="Interval"/>.
/// </summary>
internal sealed class Pulse : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Place, long> _places = new(); // by the timestamp of the next look
    private int _count;

    public Pulse(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Beat(), state: null, Interval, Interval);
    }

    /// <summary>How many hang on it.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Looks at that at the next beat, and from then on when it says, until the result is disposed.</summary>
    public IDisposable Add(IPulsed member)
    {
        var place = new Place(this, member);
        Interlocked.Increment(ref _count);
        LookAgain(place, TimeSpan.Zero);
        return place;
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        long now = _time.GetTimestamp();
        while (TryTakeDue(now) is { } place)
        {
            if (place.Member is { } member)
                LookAgain(place, member.OnPulse());
        }
    }

    private Place? TryTakeDue(long now)
    {
        lock (_gate)
            return _places.TryPeek(out _, out long due) && due <= now ? _places.Dequeue() : null;
    }

    private void LookAgain(Place place, TimeSpan after)
    {
        // Never in the same beat.
        long due = _time.GetTimestamp() + Math.Max(1, (long)(after.TotalSeconds * _time.TimestampFrequency));
        lock (_gate)
            _places.Enqueue(place, due);
    }

    /// <summary>Stays in the queue until it is due, but holds nothing once it was left.</summary>
    private sealed class Place(Pulse pulse, IPulsed member) : IDisposable
    {
        private IPulsed? _member = member;

        public IPulsed? Member => Volatile.Read(ref _member);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _member, null) is not null)
                Interlocked.Decrement(ref pulse._count);
        }
    }
}

/// <summary>Something that waits for a time.</summary>
internal interface IPulsed
{
    /// <summary>Looks at the clock. It must return at once and never throw.</summary>
    /// <returns>How long nothing of it can be due; zero: it is looked at again at the next beat.</returns>
    TimeSpan OnPulse();
}
