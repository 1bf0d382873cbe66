using System.Collections.Concurrent;
using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>The embedded journal from one opening, which recovers what is there, to its close or to the first failure.</summary>
internal sealed class JournalRun : IDisposable
{
    private readonly ConcurrentDictionary<TurnKey, FileTurn> _turns = new();
    private readonly Lock _failing = new();
    private readonly ConversationFiles _files;
    private readonly CommitLoop _commits;
    private readonly Checkpointer _checkpoints;
    private readonly Action<JournalRun, JournalUnavailableException> _onFailed;
    private JournalUnavailableException? _failure;
    private long _opened;

    /// <param name="settings">The settings, with the full path of the folder.</param>
    /// <param name="disk">The disk.</param>
    /// <param name="onDamaged">A conversation is damaged.</param>
    /// <param name="onFailed">Nothing will be committed any more; called once, on the journal's own thread.</param>
    /// <exception cref="JournalDamagedException">A write-ahead file is not what was written.</exception>
    public JournalRun(
        FileJournalSettings settings,
        IDisk disk,
        Action<JournalDamagedException> onDamaged,
        Action<JournalRun, JournalUnavailableException> onFailed)
    {
        _onFailed = onFailed;
        string writeAhead = Path.Combine(settings.Folder, "wal");
        string conversations = Path.Combine(settings.Folder, "conversations");
        disk.CreateFolder(writeAhead);
        disk.CreateFolder(conversations);
        disk.SyncFolder(conversations); // a folder that is there may be so in memory only: who made it may have died before it synced this
        disk.SyncFolder(settings.Folder);
        _files = new ConversationFiles(disk, conversations, onDamaged);
        Recovered = new Recovery(disk, writeAhead, _files).Run();
        _checkpoints = new Checkpointer(disk, writeAhead, new CheckpointerSettings(Running, BeforeStore, Rescue, Forget, Fail));
        _commits = new CommitLoop(
            disk,
            writeAhead,
            Recovered.LastWriteAheadNumber + 1,
            new CommitLoopSettings(settings.Durability, settings.MaxWriteAheadBytes, Running, StoreWhenDue, _checkpoints.Retire, Fail));
        _checkpoints.Start();
        _commits.Start();

        // With Fsync everything that is shown, and only that is ever stored, is durable already.
        void BeforeStore()
        {
            if (settings.Durability == Durability.Os)
                _commits!.SyncWritten();
        }
    }

    /// <summary>What was found at the opening.</summary>
    public RecoveryReport Recovered { get; }

    public JournalUnavailableException? Failure => Volatile.Read(ref _failure);

    public ITurnWriter Open(TurnOpening opening)
    {
        var file = _files.Get(opening.ConversationKey);
        if (file.Damage is { } damage)
            throw damage;
        lock (_failing)
        {
            if (_failure is not null)
                throw _failure;
            var turn = new FileTurn(opening, _commits, file, _opened++);
            if (!_turns.TryAdd(opening.Key, turn))
                throw new InvalidOperationException($"The turn {opening.Turn} is open already.");
            return turn;
        }
    }

    public ITurnReader? Find(TurnKey key)
    {
        if (_turns.TryGetValue(key, out var running))
            return running.Committed > 0 ? running : null;
        foreach (var file in _files.At(key))
        {
            if (file.Turns().FirstOrDefault(turn => turn.Opening.Turn == key.Turn) is { } stored)
                return new StoredTurn(file, stored);
        }

        return null;
    }

    public IReadOnlyList<ITurnReader> Read(ConversationKey key)
    {
        // First what is in memory, then what is stored: a turn that moves in between is seen twice and taken once, never missed.
        var running = _turns.Values
            .Where(turn => turn.Opening.ConversationKey == key && turn.Committed > 0)
            .ToDictionary(static turn => turn.Opening.Turn);
        var turns = new List<ITurnReader>();
        if (_files.Find(key) is { } file)
            turns.AddRange(file.Turns().Select(turn => running.Remove(turn.Opening.Turn, out var hot) ? hot : (ITurnReader)new StoredTurn(file, turn)));
        turns.AddRange(running.Values.OrderBy(static turn => turn.Number));
        return turns;
    }

    /// <summary>
    /// Commits and stores what is left, unless something failed. The write-ahead file goes only if all turns have ended; otherwise the
    /// next recovery ends the others as interrupted. Waits for the journal's threads.
    /// </summary>
    public void Dispose()
    {
        _commits.Dispose();
        if (Failure is null && _turns.Values.All(static turn => turn.HasEnded))
            _checkpoints.Retire(_commits.FileNumber);
        _checkpoints.Dispose();
        var closed = new JournalUnavailableException("The journal is closed.");
        lock (_failing)
            _failure ??= closed;
        foreach (var turn in _turns.Values)
            turn.Fail(closed);
    }

    // In the order in which they were opened, so that a conversation's turns are stored in it.
    private IEnumerable<FileTurn> Running() => _turns.Values.OrderBy(static turn => turn.Number);

    private ConversationFile Rescue(FileTurn turn) => _files.Rescue(turn.Opening.ConversationKey, turn.Opening.Turn);

    private void StoreWhenDue(FileTurn turn)
    {
        if (turn.ClaimStore(Checkpointer.MaxUnstoredBytesPerTurn))
            _checkpoints.Store(turn);
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

        _commits.Halt();
        _checkpoints.Halt();
        foreach (var turn in _turns.Values)
            turn.Fail(failure);
        _onFailed(this, failure);
    }
}
