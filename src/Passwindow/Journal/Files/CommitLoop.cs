namespace Passwindow.Journal.Files;

/// <summary>
/// The group commit, on a thread of its own: what gathered from all turns while the last sync was under way is written at once,
/// synced once, and then shown. Nothing is shown before (contract, promise 1). The first write or sync that fails is the last.
/// </summary>
internal sealed class CommitLoop : ICommitQueue, IDisposable
{
    /// <summary>Once a batch is this large, the rest waits for the next one.</summary>
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly CommitLoopSettings _settings;
    private readonly Queue<FileTurn> _waiting = new();
    private readonly List<(FileTurn Turn, long Seq)> _batch = [];
    private readonly LineBuffer _lines = new();
    private readonly Thread _thread;
    private WriteAheadFile _file;
    private long _batchNumber;
    private bool _stopping;

    public CommitLoop(IDisk disk, string folder, long firstNumber, CommitLoopSettings settings)
    {
        _disk = disk;
        _folder = folder;
        _settings = settings;
        _file = WriteAheadFile.Create(disk, folder, firstNumber);
        _thread = new Thread(Run) { Name = "passwindow commit", IsBackground = true };
    }

    public void Start() => _thread.Start();

    public void Enqueue(FileTurn turn)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(turn);
            if (_waiting.Count == 1)
                Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Commits what waits, and ends the thread.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _stopping = true;
            Monitor.Pulse(_waiting);
        }

        _thread.Join();
        _file.Dispose();
    }

    private void Run()
    {
        try
        {
            while (Gather())
                Commit();
        }
        catch (Exception e)
        {
            // Whatever it was: an EFBIG, for one, comes as an ArgumentOutOfRangeException.
            _settings.OnFailed(new JournalUnavailableException($"The write-ahead file {_file.FilePath} could not be written: {e.Message}", e));
        }
    }

    private bool Gather()
    {
        _batch.Clear();
        _lines.Clear();
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (_stopping)
                    return false;
                Monitor.Wait(_waiting);
            }
        }

        return true;
    }

    private void Commit()
    {
        uint crc = _file.Crc;
        _batchNumber++;
        while (_lines.Length < MaxBatchBytes && TryTake(out var turn))
            _batch.Add((turn, turn.Frame(_lines, _batchNumber, ref crc)));
        crc = JournalLine.WriteObject(_lines, _batchNumber, turn: null, "\"commit\":"u8, "true"u8, crc);

        _file.Write(_lines.Written, crc);
        if (_settings.Durability == Durability.Fsync)
            _file.Sync();

        foreach (var (turn, seq) in _batch)
        {
            turn.Publish(seq);
            _settings.OnPublished(turn);
        }

        if (_file.Length > _settings.MaxFileBytes)
            Roll();
    }

    /// <summary>Begins the next file. It says which turns go on, so that recovery needs no file before it once those are stored.</summary>
    private void Roll()
    {
        var full = _file;
        if (_settings.Durability == Durability.Os)
            full.Sync(); // a file that is not the last must be whole whatever happens
        var next = WriteAheadFile.Create(_disk, _folder, full.Number + 1);
        _lines.Clear();
        _batchNumber++;
        uint crc = next.Crc;
        foreach (var turn in _settings.Running())
            crc = turn.FrameRuns(_lines, _batchNumber, crc);
        crc = JournalLine.WriteObject(_lines, _batchNumber, turn: null, "\"commit\":"u8, "true"u8, crc);
        next.Write(_lines.Written, crc);
        next.Sync();
        _file = next;
        full.Dispose();
        _settings.OnRolled(full.Number);
    }

    private bool TryTake(out FileTurn turn)
    {
        lock (_waiting)
            return _waiting.TryDequeue(out turn!);
    }
}

/// <summary>What the commit loop needs of the journal around it.</summary>
/// <param name="Durability">Whether to sync.</param>
/// <param name="MaxFileBytes">The size at which the next file begins.</param>
/// <param name="Running">The turns that have not ended or are not stored yet.</param>
/// <param name="OnPublished">A turn's line has moved.</param>
/// <param name="OnRolled">The file of that number is full and whole.</param>
/// <param name="OnFailed">Nothing will be committed any more.</param>
internal sealed record CommitLoopSettings(
    Durability Durability,
    long MaxFileBytes,
    Func<IEnumerable<FileTurn>> Running,
    Action<FileTurn> OnPublished,
    Action<long> OnRolled,
    Action<JournalUnavailableException> OnFailed);
