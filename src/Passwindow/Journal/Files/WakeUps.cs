namespace Passwindow.Journal.Files;

/// <summary>
/// Wakes those who wait for the turns that one thread has just committed. Few are woken right here, one after the other, because to hand one over to another
/// thread costs more than what it does; many are shared with the thread pool, so that they hold up neither each other nor the next commit.
/// </summary>
internal sealed class WakeUps
{
    /// <summary>How many one thread wakes in a row: some hundred microseconds' worth of writes to sockets. On a single core sharing gains nothing.</summary>
    private static readonly int Share = Environment.ProcessorCount == 1 ? int.MaxValue : 32;

    [ThreadStatic]
    private static WakeUps? t_ofThisThread;

    private readonly List<ICommitListener> _woken = [];

    /// <summary>For what this thread commits.</summary>
    public static WakeUps OfThisThread => t_ofThisThread ??= new();

    /// <summary>Whether <see cref="Run"/> is at it, and this is called by one of those whom it woke.</summary>
    public bool AreUnderWay { get; private set; }

    public void Add(ICommitListener[] listeners)
    {
        foreach (var each in listeners) // mostly one: AddRange would first ask what kind of collection that is
            _woken.Add(each);
    }

    /// <summary>Wakes all that were added; a share of them on this thread.</summary>
    public void Run()
    {
        AreUnderWay = true;
        try
        {
            HandOver(_woken, from: Share);
            int own = Math.Min(Share, _woken.Count);
            for (int i = 0; i < own; i++)
                _woken[i].OnCommitted();
        }
        finally
        {
            _woken.Clear();
            AreUnderWay = false;
        }
    }

    /// <summary>Wakes all of them on other threads: for who holds a lock, or is in a hurry.</summary>
    public static void HandOver(IReadOnlyList<ICommitListener> woken, int from = 0)
    {
        for (; from < woken.Count; from += Math.Min(Share, woken.Count - from))
        {
            var part = new ICommitListener[Math.Min(Share, woken.Count - from)];
            for (int i = 0; i < part.Length; i++)
                part[i] = woken[from + i];
            ThreadPool.UnsafeQueueUserWorkItem(new Part(part), preferLocal: false);
        }
    }

    private sealed class Part(ICommitListener[] woken) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            foreach (var each in woken)
                each.OnCommitted();
        }
    }
}
