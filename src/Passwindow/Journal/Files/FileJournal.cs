using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>
/// The embedded journal: a folder of plain files. Appends of all turns go to one write-ahead file in group commits; what a turn holds
/// goes to its conversation's own file when it ends. <see cref="JournalLine"/> describes the format.
/// </summary>
/// <remarks>
/// <code>
/// data/lock                                   held while a process uses the folder
/// data/wal/00000001.jsonl                     the appends of all turns, until they stand in:
/// data/conversations/TENANT/CONVERSATION.jsonl
/// </code>
/// </remarks>
internal sealed partial class FileJournal : IJournal
{
    private readonly ConcurrentDictionary<TurnKey, FileTurn> _turns = new();
    private readonly Lock _failing = new();
    private readonly ConversationFiles _files;
    private readonly FolderLock _lock;
    private readonly CommitLoop _commits;
    private readonly Checkpointer _checkpoints;
    private readonly TimeProvider _time;
    private readonly ILogger<FileJournal> _log;
    private JournalUnavailableException? _failure;
    private long _writeAheadNumber;

    private FileJournal(FileJournalSettings settings, FolderLock folderLock, IDisk disk, TimeProvider time, ILogger<FileJournal> log)
    {
        _lock = folderLock;
        _time = time;
        _log = log;
        string writeAhead = Path.Combine(settings.Folder, "wal");
        disk.CreateFolder(writeAhead);
        _files = new ConversationFiles(disk, Path.Combine(settings.Folder, "conversations"));

        var report = new Recovery(disk, writeAhead, _files.Get).Run();
        if (report.LastWriteAheadNumber > 0)
            LogRecovered(report.KeptEvents, report.DroppedBytes, report.EndedTurns);
        _writeAheadNumber = report.LastWriteAheadNumber + 1;
        _checkpoints = new Checkpointer(disk, writeAhead, new CheckpointerSettings(Running, Forget, Fail));
        _commits = new CommitLoop(
            disk,
            writeAhead,
            _writeAheadNumber,
            new CommitLoopSettings(settings.Durability, settings.MaxWriteAheadBytes, Running, StoreWhenDue, RetireWriteAhead, Fail));
        _checkpoints.Start();
        _commits.Start();
    }

    public JournalHealth Health => _failure is { } failure ? new(false, failure.Message) : new(true, null);

    /// <summary>Takes the folder, recovers what is in it, and opens it.</summary>
    /// <exception cref="JournalUnavailableException">The folder is in use.</exception>
    /// <exception cref="JournalDamagedException">Something in it is not what was written.</exception>
    public static FileJournal Open(FileJournalSettings settings, TimeProvider time, ILogger<FileJournal> log, IDisk? disk = null)
    {
        disk ??= Disk.Instance;
        string folder = Path.GetFullPath(settings.Folder);
        disk.CreateFolder(folder);
        var folderLock = FolderLock.Take(folder);
        try
        {
            return new FileJournal(settings with { Folder = folder }, folderLock, disk, time, log);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    public TurnId CreateTurnId(ConversationKey conversation) => TurnId.Create(_time.GetUtcNow(), ConversationFiles.PlaceOf(conversation));

    public ITurnWriter Open(TurnOpening opening)
    {
        lock (_failing)
        {
            if (_failure is not null)
                throw _failure;
            var turn = new FileTurn(opening, _commits, _files.Get(opening.ConversationKey));
            if (!_turns.TryAdd(opening.Key, turn))
                throw new InvalidOperationException($"The turn {opening.Turn} is open already.");
            return turn;
        }
    }

    public ValueTask<ITurnReader?> FindAsync(TurnKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_turns.TryGetValue(key, out var running))
            return new(running);
        foreach (var file in _files.At(key))
        {
            if (file.Turns().FirstOrDefault(turn => turn.Opening.Turn == key.Turn) is { } stored)
                return new(new StoredTurn(file, stored));
        }

        return new((ITurnReader?)null);
    }

    public ValueTask<IReadOnlyList<ITurnReader>> ReadConversationAsync(ConversationKey key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();

        // First what is in memory, then what is stored: a turn that moves in between is seen twice and taken once, never missed.
        var running = _turns.Values.Where(turn => turn.Opening.ConversationKey == key).ToDictionary(static turn => turn.Opening.Turn, static turn => (ITurnReader)turn);
        var turns = new List<ITurnReader>();
        if (_files.Find(key) is { } file)
            turns.AddRange(file.Turns().Select(turn => running.Remove(turn.Opening.Turn, out var hot) ? hot : new StoredTurn(file, turn)));
        turns.AddRange(running.Values.OrderBy(static turn => turn.Opening.Turn.Value, StringComparer.Ordinal));
        return new(turns);
    }

    /// <summary>Commits and stores what is left. The write-ahead file goes only if all turns have ended; otherwise recovery ends them.</summary>
    public ValueTask DisposeAsync()
    {
        _commits.Dispose();
        if (_failure is null && _turns.Values.All(static turn => turn.HasEnded))
            _checkpoints.Retire(_writeAheadNumber);
        _checkpoints.Dispose();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }

    private IEnumerable<FileTurn> Running() => _turns.Values;

    private void StoreWhenDue(FileTurn turn)
    {
        if (turn.ClaimStore(Checkpointer.HotBytesPerTurn))
            _checkpoints.Store(turn);
    }

    private void RetireWriteAhead(long number)
    {
        _writeAheadNumber = number + 1;
        _checkpoints.Retire(number);
    }

    private void Forget(FileTurn turn) => _turns.TryRemove(turn.Opening.Key, out _);

    private void Fail(JournalUnavailableException failure)
    {
        lock (_failing)
        {
            if (_failure is not null)
                return;
            _failure = failure;
        }

        LogFailed(failure, failure.Message);
        foreach (var turn in _turns.Values)
            turn.Fail(failure);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Recovered the journal: kept {KeptEvents} events, dropped {DroppedBytes} uncommitted bytes, ended {EndedTurns} turns as interrupted.")]
    private partial void LogRecovered(int keptEvents, long droppedBytes, int endedTurns);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The journal is closed for writing until the server is started again: {Reason}")]
    private partial void LogFailed(Exception failure, string reason);
}

/// <summary>The settings of the embedded journal.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Durability">When an event counts as durable.</param>
/// <param name="MaxWriteAheadBytes">The size at which the next write-ahead file begins. Default 64 MiB.</param>
internal sealed record FileJournalSettings(string Folder, Durability Durability, long MaxWriteAheadBytes = 64 * 1024 * 1024);
