using System.Runtime.InteropServices;

namespace Passwindow.Upstream.Loops;

/// <summary>
/// One thread that waits for many upstreams at once and, round after round, reads what they have sent, each on the spot: who waits for a read goes on here.
/// What comes of a round can so be dealt with together.
/// </summary>
/// <remarks>
/// Rounds begin a millisecond and a half apart or less, so that more gathers. To wake for every token of a thousand answers costs more than to read them; who looks
/// some hundred times a second or some thousand finds many at once, and does the same few things for all of them while the processor still has them at hand. After a round
/// that takes longer the next one begins at once. What a request is answered with first waits for no rest, and comes before what other connections have.
/// </remarks>
internal sealed partial class ReadLoop : IDisposable
{
    /// <summary>A shorter rest is none: to sleep and wake takes as long.</summary>
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMicroseconds(20);

    private readonly Epoll _epoll = new();
    private readonly Epoll _awaited = new(); // the connections for whose next bytes somebody waits before an empty screen
    private readonly Lock _gate = new();
    private readonly List<(LoopStream? Stream, uint Generation)> _places = [];
    private readonly Stack<int> _free = [];
    private readonly IReadRounds _rounds;
    private RoundSpacing _spacing;
    private volatile bool _isOver;
    private bool _restsAsleep;

    /// <param name="spacing">How far apart rounds begin.</param>
    /// <param name="rounds">Is told of each round.</param>
    public ReadLoop(RoundSpacing spacing, IReadRounds rounds)
    {
        _spacing = spacing;
        _rounds = rounds;
        new Thread(Run) { Name = "passwindow upstreams", IsBackground = true }.Start();
    }

    /// <summary>Tells a stream of all that happens to its socket, until it is forgotten; gives the key for that.</summary>
    public ulong Add(LoopStream stream, int descriptor)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out int place))
            {
                place = _places.Count;
                _places.Add((null, Generation: 1)); // so that no key is 0
            }

            uint generation = _places[place].Generation;
            _places[place] = (stream, generation);
            ulong key = ((ulong)generation << 32) | (uint)place;
            _epoll.Watch(descriptor, key);
            _awaited.WatchOnce(descriptor, key);
            return key;
        }
    }

    /// <summary>The stream is told nothing more. Its descriptor must still be open.</summary>
    public void Forget(ulong key, int descriptor)
    {
        lock (_gate)
        {
            int place = (int)(uint)key;
            _epoll.Forget(descriptor);
            _places[place] = (null, (uint)(key >> 32) + 1); // what a round has been told already is nobody's
            _free.Push(place);
        }
    }

    /// <summary>Reads what comes next on that connection as soon as it comes, once.</summary>
    public void Await(ulong key, int descriptor) => _awaited.WatchAgain(descriptor, key);

    /// <summary>Ends the thread. No stream may be in use any more.</summary>
    public void Dispose()
    {
        _isOver = true;
        _epoll.WakeUp();
    }

    private void Run()
    {
        long begun = 0;
        while (true)
        {
            while (AwaitNext(begun) is > 0 and var awaited)
            {
                Read(_awaited, awaited); // in a round of its own, which ends with its commit: somebody looks at an empty screen
                if (RestAfter(begun) == TimeSpan.Zero)
                    break; // however many more come: the others have waited long enough
            }

            int count = _epoll.Wait();
            if (_isOver)
                break;
            long now = TimeProvider.System.GetTimestamp();
            _spacing.OnRound(TimeProvider.System.GetElapsedTime(begun, now), count);
            begun = now;
            Read(_epoll, count);
        }

        _epoll.Dispose();
        _awaited.Dispose();
    }

    private void Read(Epoll told, int count)
    {
        _rounds.Begin();
        ReadEach(told, count);
        if (told != _awaited && !_restsAsleep)
            ReadEach(_awaited, _awaited.Wait(TimeSpan.Zero)); // what came meanwhile goes into this round's commit and waits for no other
        _rounds.End();
    }

    private void ReadEach(Epoll told, int count)
    {
        for (int i = 0; i < count; i++)
        {
            var (what, key) = told[i];
            Find(key)?.OnHappened(what);
        }
    }

    private LoopStream? Find(ulong key)
    {
        lock (_gate)
        {
            int place = (int)(uint)key;
            return place >= 0 && place < _places.Count && _places[place].Generation == (uint)(key >> 32) ? _places[place].Stream : null;
        }
    }

    /// <summary>Rests until the next round is due, or one of those comes that somebody waits for; gives how many have come.</summary>
    private int AwaitNext(long begun)
    {
        var rest = RestAfter(begun);
        try
        {
            if (!_restsAsleep)
                return _awaited.Wait(rest);
        }
        catch (EntryPointNotFoundException)
        {
            _restsAsleep = true;
        }

        if (rest > TimeSpan.Zero)
            _ = Sleep((uint)rest.TotalMicroseconds);
        return 0;
    }

    // The real clock, because a thread really waits here.
    private TimeSpan RestAfter(long begun)
    {
        var rest = _spacing.Value - TimeProvider.System.GetElapsedTime(begun);
        return rest < ShortestRest ? TimeSpan.Zero : rest;
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
