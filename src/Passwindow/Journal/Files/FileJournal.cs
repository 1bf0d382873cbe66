using Microsoft.Extensions.Logging;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// The embedded journal: a folder of plain files. Appends of all turns go to one write-ahead file in group commits; what a turn holds
/// goes to its conversation's own file when it ends. <see cref="JournalLine"/> describes the format.
/// </summary>
/// <remarks>
/// <code>
/// data/lock, data/lock.pid                    held while a process uses the folder, and by whom
/// data/wal/00000001.jsonl                     the appends of all turns, until they stand in:
/// data/conversations/TENANT/CONVERSATION.jsonl
/// data/conversations/TENANT/CONVERSATION.rescued.TURN.jsonl   what a damaged conversation could not take
/// data/catalog/00000001.jsonl                 titles and times of all conversations, for a quick start; made anew if it is lost
/// </code>
/// The first write or sync that fails closes the journal for writing; what is committed can still be read. If the disk was full it opens
/// again by itself once there is room, the way a restart would; after any other failure only a restart does.
/// </remarks>
internal sealed partial class FileJournal : IJournal, IAppendsInRows
{
    /// <summary>How many bytes must be free before a journal that ran out of room opens again.</summary>
    public const long RoomToReopen = 64 * 1024 * 1024;

    /// <summary>How long after a deletion the write-ahead file may go on that holds what was deleted; what it takes to store the rest comes on top.</summary>
    private static readonly TimeSpan EraseAfter = TimeSpan.FromMinutes(50);

    private static readonly TimeSpan RoomCheckPeriod = TimeSpan.FromSeconds(1);

    [ThreadStatic]
    private static JournalRun? t_rowOf; // the journal may be opened anew meanwhile

    private readonly FileJournalSettings _settings;
    private readonly IDisk _disk;
    private readonly TimeProvider _time;
    private readonly ILogger<FileJournal> _log;
    private readonly IDisposable _lock;
    private readonly Lock _reopening = new();
    private readonly SlowDiskWatch _slowDisk;
    private ITimer? _roomCheck;
    private ITimer? _erase;
    private int _eraseDue;
    private JournalRun _run;
    private bool _closed;

    private FileJournal(FileJournalSettings settings, IDisk disk, TimeProvider time, ILogger<FileJournal> log)
    {
        _settings = settings;
        _disk = disk;
        _time = time;
        _log = log;
        _lock = disk.Lock(settings.Folder);
        try
        {
            _run = Start();
            _slowDisk = new SlowDiskWatch(time, () => Run.BatchUnderWay, LogSlowDisk);
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    public JournalHealth Health => Run.Failure is { } failure ? new(false, failure.Message) : new(true, null);

    private JournalRun Run => Volatile.Read(ref _run);

    /// <inheritdoc/>
    public void BeginRow()
    {
        t_rowOf = Run;
        t_rowOf.BeginRow();
    }

    /// <inheritdoc/>
    public void EndRow()
    {
        t_rowOf?.EndRow();
        t_rowOf = null;
    }

    /// <inheritdoc/>
    public void LeaveRow()
    {
        t_rowOf?.LeaveRow();
        t_rowOf = null;
    }

    /// <summary>Takes the folder, recovers what is in it, and opens it.</summary>
    /// <exception cref="JournalUnavailableException">The folder is in use.</exception>
    /// <exception cref="JournalDamagedException">A write-ahead file in it is not what was written.</exception>
    public static FileJournal Open(FileJournalSettings settings, TimeProvider time, ILogger<FileJournal> log, IDisk? disk = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.MaxWriteAheadBytes, FileJournalSettings.LargestWriteAhead);
        disk ??= Disk.Instance;
        string folder = Path.GetFullPath(settings.Folder);
        disk.CreateFolder(folder);
        if (Path.GetDirectoryName(folder) is { } parent)
            disk.SyncFolder(parent);
        return new FileJournal(settings with { Folder = folder }, disk, time, log);
    }

    public TurnId CreateTurnId(ConversationKey conversation) => TurnId.Create(_time.GetUtcNow(), ConversationFiles.PlaceOf(conversation));

    public ITurnWriter Open(TurnOpening opening) => Run.Open(opening);

    public ValueTask<ITurnReader?> FindAsync(TurnKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(Run.Find(key));
    }

    public ValueTask<IReadOnlyList<ITurnReader>> ReadConversationAsync(ConversationKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(Run.Read(key));
    }

    public ValueTask<ListPage> ListAsync(ListQuery query, CancellationToken cancellation) => Run.ListAsync(query, cancellation);

    public ValueTask<ConversationEntry?> DescribeAsync(ConversationKey key, CancellationToken cancellation) => new(Run.Describe(key));

    public ValueTask<IReadOnlyList<ConversationEntry>> ListIdleAsync(DateTimeOffset before, bool onlyUnlisted, int most, CancellationToken cancellation) =>
        new(Run.ListIdle(before, onlyUnlisted, most));

    public async ValueTask<bool> RenameAsync(ConversationKey key, string title, CancellationToken cancellation) =>
        await Run.RenameAsync(key, title).WaitAsync(cancellation);

    public async ValueTask<bool> DeleteAsync(ConversationKey key, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _eraseDue, 1) == 0)
            Interlocked.Exchange(ref _erase, _time.CreateTimer(_ => EraseDeleted(), null, EraseAfter, Timeout.InfiniteTimeSpan))?.Dispose();
        return await Run.DeleteAsync(key).WaitAsync(cancellation);
    }

    /// <summary>Commits and stores what is left, and lets go of the folder. Turns that have not ended fail here and are ended by the next recovery.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_reopening)
        {
            if (_closed)
                return ValueTask.CompletedTask;
            _closed = true;
            _slowDisk.Dispose();
            _roomCheck?.Dispose();
            _erase?.Dispose();
            _run.Dispose();
        }

        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private void EraseDeleted()
    {
        Volatile.Write(ref _eraseDue, 0);
        Run.EraseDeleted();
    }

    private JournalRun Start()
    {
        var run = new JournalRun(_settings, _disk, LogDamaged, LogCatalogFailed, OnFailed);
        var recovered = run.Recovered;
        if (recovered.LastWriteAheadNumber > 0)
            LogRecovered(recovered.KeptEvents, recovered.DroppedBytes, recovered.EndedTurns);
        if (run.Listed is { Damage: { } damage } listed)
            LogCatalogRebuilt(listed.Read, listed.Conversations, damage);
        return run;
    }

    private void OnFailed(JournalRun run, JournalUnavailableException failure)
    {
        if (!run.HealsWithRoom)
        {
            LogFailed(failure, failure.Message);
            return;
        }

        LogNoRoom(failure, failure.Message);
        Interlocked.Exchange(ref _roomCheck, _time.CreateTimer(_ => ReopenWhenThereIsRoom(), null, RoomCheckPeriod, RoomCheckPeriod))?.Dispose();
    }

    /// <summary>What a restart would do. The failed turns end as interrupted; who still watches one sees that it failed.</summary>
    private void ReopenWhenThereIsRoom()
    {
        if (!_reopening.TryEnter())
            return; // the last check is still at it
        try
        {
            if (_closed || !_run.HealsWithRoom || _disk.FreeBytes(_settings.Folder) < RoomToReopen)
                return;
            _run.Dispose();
            if (!_run.HealsWithRoom)
                return; // its other thread failed on its way out, of something else
            Volatile.Write(ref _run, Start());
            _roomCheck?.Dispose();
            LogReopened();
        }
        catch (NoRoomException)
        {
            // Somebody else took it. The next check tries again.
        }
        catch (Exception e)
        {
            _roomCheck?.Dispose();
            LogFailed(e, e.Message);
        }
        finally
        {
            _reopening.Exit();
        }
    }

    private void LogDamaged(JournalDamagedException damage) => LogDamaged(damage, damage.Message);

    [LoggerMessage(Level = LogLevel.Information, Message = "Recovered the journal: kept {KeptEvents} events, dropped {DroppedBytes} uncommitted bytes, ended {EndedTurns} turns as interrupted.")]
    private partial void LogRecovered(int keptEvents, long droppedBytes, int endedTurns);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Made the catalog of conversations anew: read {Read} conversations to list {Conversations}, because of the catalog's file: {Reason}")]
    private partial void LogCatalogRebuilt(int read, int conversations, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalog of conversations could not be written; the next start reads the conversations instead.")]
    private partial void LogCatalogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A conversation is set aside until it is repaired (passwindow journal repair): {Reason}")]
    private partial void LogDamaged(Exception damage, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The disk has kept a commit waiting for more than a second: tokens are late, none is lost.")]
    private partial void LogSlowDisk();

    [LoggerMessage(Level = LogLevel.Critical, Message = "The journal is closed for writing until the server is started again: {Reason}")]
    private partial void LogFailed(Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The disk is full: the journal is closed for writing until 64 MiB are free. {Reason}")]
    private partial void LogNoRoom(Exception failure, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is room again: the journal is open for writing.")]
    private partial void LogReopened();
}

/// <summary>The settings of the embedded journal.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Durability">When an event counts as durable.</param>
/// <param name="MaxWriteAheadBytes">The size at which the next write-ahead file begins. Default 64 MiB, at most 1 GiB.</param>
internal sealed record FileJournalSettings(string Folder, Durability Durability, long MaxWriteAheadBytes = 64 * 1024 * 1024)
{
    public const long LargestWriteAhead = 1024 * 1024 * 1024;

    /// <summary>
    /// How far apart two commits begin at least, while something waits. Default: each begins as soon as the last has ended; where a sync is cheap
    /// that is thousands a second, each of which costs more than it gains (<see cref="ServerCommitSpacing"/>).
    /// </summary>
    public TimeSpan CommitSpacing { get; init; }

    /// <summary>What tells how long a commit took. The system's clock even where a journal's other times are made, because a thread really waits.</summary>
    public TimeProvider CommitClock { get; init; } = TimeProvider.System;

    /// <summary>What a server uses where each commit costs a sync: it bounds those that the journal's own thread makes unhurried to 1,000 a second.</summary>
    public static TimeSpan ServerCommitSpacing { get; } = TimeSpan.FromMilliseconds(1);
}
