namespace Passwindow.Journal.Files;

/// <summary>Since which write-ahead file something of a turn is in those files alone. Not synchronised: its turn's lock is.</summary>
internal struct HeldIn
{
    private long _oldest; // 0: none
    private long _latest;
    private long _atStore;

    /// <summary>The number of the first file that has something of the turn which is not stored; <see cref="long.MaxValue"/> if none has.</summary>
    public readonly long Oldest => _oldest == 0 ? long.MaxValue : _oldest;

    /// <summary>Something is about to be written to that file.</summary>
    public void Add(long file)
    {
        _latest = file;
        if (_oldest == 0)
            _oldest = file;
    }

    /// <summary>What there is now is about to be stored. What comes from now on is in the latest file, or in a later one.</summary>
    public void BeginStore() => _atStore = _latest;

    /// <summary>It is stored.</summary>
    /// <param name="isAll">Whether nothing came meanwhile.</param>
    public void EndStore(bool isAll) => _oldest = isAll ? 0 : _atStore;
}
