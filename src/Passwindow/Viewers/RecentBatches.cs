namespace Passwindow.Viewers;

/// <summary>
/// The latest batches of one shared spelling, so that a viewer that is a few of them behind, because the first ones went on while it was still to be
/// woken, finds its own. One writes at a time; anybody reads, without a lock: each batch is right for ever, so it does not matter when it is found.
/// </summary>
internal sealed class RecentBatches
{
    private const int MaxBatches = 32;

    /// <summary>The latest batch is kept whatever its size; those before it only as far as all have no more than this.</summary>
    private const int MaxBytes = 64 * 1024;

    private readonly SharedBatch?[] _batches = new SharedBatch?[MaxBatches];
    private int _count;

    /// <summary>The batch that begins there; null if there is none, or no longer.</summary>
    public SharedBatch? Find(long after)
    {
        int latest = Volatile.Read(ref _count) - 1;
        for (int i = 0; i < MaxBatches; i++)
        {
            var batch = Volatile.Read(ref _batches[Slot(latest - i)]);
            if (batch is null || batch.Last <= after)
                return null; // those before it end earlier still
            if (batch.After == after)
                return batch;
        }

        return null;
    }

    /// <summary>Adds one that begins where the one before it ends, or later.</summary>
    public void Add(SharedBatch batch)
    {
        Volatile.Write(ref _batches[Slot(_count)], batch);
        Volatile.Write(ref _count, _count + 1);
        int bytes = batch.Bytes.Length;
        for (int i = 2; i <= MaxBatches; i++)
        {
            ref var before = ref _batches[Slot(_count - i)];
            bytes += before?.Bytes.Length ?? 0;
            if (bytes > MaxBytes)
                Volatile.Write(ref before, null);
        }
    }

    private static int Slot(int number) => number & (MaxBatches - 1);
}
