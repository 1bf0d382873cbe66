using Passwindow.Protocol;

namespace Passwindow.Journal.Files;

/// <summary>The embedded journal from one opening, which recovers what is there, to its close or to the first failure.</summary>
internal sealed class JournalRun : IDisposable
{
    private readonly HotTurns _turns = new();
    private readonly TailPages _pages = new();
    private readonly Catalog _catalog = new();
    private readonly CatalogFile _catalogFile;
    private readonly HashSet<ConversationChange> _changes = []; // under _failing, as is what they are about
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
    /// <param name="onCatalogFailed">The catalog could not be written; the next start makes up for it.</param>
    /// <param name="onFailed">Nothing will be committed any more; called once, on the journal's own thread.</param>
    /// <exception cref="JournalDamagedException">A write-ahead file is not what was written.</exception>
    public JournalRun(
        FileJournalSettings settings,
        IDisk disk,
        Action<JournalDamagedException> onDamaged,
        Action<Exception> onCatalogFailed,
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
        _catalogFile = new CatalogFile(disk, Path.Combine(settings.Folder, "catalog"), onCatalogFailed);
        Listed = CatalogStart.Load(disk, _files, _catalog, _catalogFile);
        _checkpoints = new Checkpointer(disk, writeAhead, new CheckpointerSettings(() => _turns.All, () => _turns.Count, BeforeStore, Rescue, Forget, Fail));
        _commits = new CommitLoop(
            disk,
            writeAhead,
            Recovered.LastWriteAheadNumber + 1,
            new CommitLoopSettings(settings.Durability, settings.CommitSpacing, settings.CommitClock, settings.MaxWriteAheadBytes, () => _turns.InAnyOrder, OnDurable, OnPublished, _checkpoints.Retire, Fail));
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

    /// <summary>How the list of conversations came about.</summary>
    public CatalogReport Listed { get; }

    /// <summary>The number of the batch that is being committed; 0 if none is.</summary>
    public long BatchUnderWay => _commits.BatchUnderWay;

    public JournalUnavailableException? Failure => Volatile.Read(ref _failure);

    /// <summary>Whether it failed, and only because the disk was full.</summary>
    public bool HealsWithRoom => Failure?.InnerException is NoRoomException;

    public ITurnWriter Open(TurnOpening opening)
    {
        var file = _files.Get(opening.ConversationKey);
        if (file.Damage is { } damage)
            throw damage;
        lock (_failing)
        {
            if (_failure is not null)
                throw _failure;
            if (_changes.Any(change => change.Title is null && change.Key == opening.ConversationKey))
                throw new InvalidOperationException($"The conversation {opening.Conversation} is being deleted.");
            var turn = new FileTurn(opening, _commits, file, _pages, _opened++);
            if (!_turns.TryAdd(turn))
                throw new InvalidOperationException($"The turn {opening.Turn} is open already.");
            return turn;
        }
    }

    /// <inheritdoc cref="IAppendsInRows.BeginRow"/>
    public void BeginRow() => _commits.BeginRow();

    /// <inheritdoc cref="IAppendsInRows.EndRow"/>
    public void EndRow() => _commits.EndRow();

    /// <inheritdoc cref="IAppendsInRows.LeaveRow"/>
    public void LeaveRow() => _commits.LeaveRow();

    public ITurnReader? Find(TurnKey key)
    {
        if (_turns.Find(key) is { } running)
            return running.Committed > 0 ? running : null;
        foreach (var file in _files.At(key))
        {
            if (file.Turns().FirstOrDefault(turn => turn.Opening.Turn == key.Turn) is { } stored)
                return new StoredTurn(file, stored);
        }

        return null;
    }

    public IReadOnlyList<ITurnReader> Read(ConversationKey key) => Read(key, _files.Find);

    public ValueTask<ListPage> ListAsync(ListQuery query, CancellationToken cancellation) =>
        new ConversationSearch(_catalog, _turns.RunningIn, key => Read(key, _files.FindInPassing)).RunAsync(query, cancellation);

    public ConversationEntry? Describe(ConversationKey key) =>
        _catalog.Find(key) is { } entry ? new ConversationEntry(key, entry.Title, entry.UpdatedAt, entry.AbandonedTokens, _turns.RunningIn(key)) : null;

    public IReadOnlyList<ConversationEntry> ListIdle(DateTimeOffset before, bool onlyUnlisted, int most) =>
        [.. _catalog.Before(before.ToUnixTimeMilliseconds(), onlyUnlisted, most).Select(Describe).OfType<ConversationEntry>().Where(static entry => entry.Running is null)];

    public Task<bool> RenameAsync(ConversationKey key, string title)
    {
        if (_catalog.Find(key) is null)
            return Task.FromResult(false);
        var file = _files.Get(key);
        return file.Damage is { } damage ? throw damage : Enqueue(new ConversationChange(key, title, OnRenamed));
    }

    public Task<bool> DeleteAsync(ConversationKey key)
    {
        // A damaged one may not be listed, but it has a file.
        if (_catalog.Find(key) is null && _files.FindInPassing(key) is null)
            return Task.FromResult(false);
        return Enqueue(new ConversationChange(key, title: null, OnDeleted));
    }

    private IReadOnlyList<ITurnReader> Read(ConversationKey key, Func<ConversationKey, ConversationFile?> find)
    {
        // First what is in memory, then what is stored: a turn that moves in between is seen twice and taken once, never missed.
        var running = _turns.Of(key).Where(static turn => turn.Committed > 0 && !turn.File.IsGone).ToDictionary(static turn => turn.Opening.Turn);
        var turns = new List<ITurnReader>();
        if (find(key) is { } file)
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
        if (Failure is null && _turns.All.All(static turn => turn.HasEnded))
            _checkpoints.Retire(_commits.LastFileNumber, all: true);
        _checkpoints.Dispose();
        _catalogFile.Dispose();
        var closed = new JournalUnavailableException("The journal is closed.");
        lock (_failing)
            _failure ??= closed;
        FailAll(closed);
    }

    /// <summary>Has the write-ahead files go that still hold what was deleted.</summary>
    public void EraseDeleted() => _commits.RetireSoon();

    private Task<bool> Enqueue(ConversationChange change)
    {
        lock (_failing)
        {
            if (_failure is not null)
                throw _failure;
            if (change.Title is null && _turns.Of(change.Key).Any(static turn => !turn.HasEnded))
                throw new InvalidOperationException($"A turn runs in the conversation {change.Key.Conversation}.");
            _changes.Add(change);
        }

        _commits.Enqueue(change);
        return change.Completion;
    }

    private void OnRenamed(ConversationChange change)
    {
        bool existed = _catalog.Rename(change.Key, change.Title!);
        if (existed)
        {
            var file = _files.Get(change.Key);
            _checkpoints.Change(() =>
            {
                try
                {
                    file.AppendTitle(change.Title!);
                    Note(change.Key, file);
                }
                catch (JournalDamagedException)
                {
                    // It was set aside and named; that must not close the journal for all others.
                }

                return file;
            });
        }

        Complete(change, existed);
    }

    private void OnDeleted(ConversationChange change)
    {
        _catalog.Remove(change.Key);
        _checkpoints.Change(() =>
        {
            _files.Delete(change.Key);
            _catalogFile.Note(new CatalogLine(change.Key.Tenant, change.Key.Conversation, Title: "", UpdatedAt: 0, Bytes: -1), _catalog.Count);
            foreach (var turn in _turns.Of(change.Key))
                _turns.Remove(turn);
            Complete(change, existed: true);
            return null;
        });
    }

    private void Complete(ConversationChange change, bool existed)
    {
        lock (_failing)
            _changes.Remove(change);
        change.Complete(existed);
    }

    private void Note(ConversationKey key, ConversationFile file)
    {
        if (CatalogStart.LineOf(key, _catalog, file) is { } line)
            _catalogFile.Note(line, _catalog.Count);
    }

    private ConversationFile Rescue(FileTurn turn) => _files.Rescue(turn.Opening.ConversationKey, turn.Opening.Turn);

    private void OnDurable(FileTurn turn)
    {
        if (!turn.IsListed)
            _catalog.Touch(turn.Opening);
        turn.IsListed = true;
        if (turn.UncountedAbandonedTokens == 0)
            return;
        _catalog.AddAbandoned(turn.Opening.ConversationKey, turn.UncountedAbandonedTokens);
        turn.UncountedAbandonedTokens = 0;
    }

    private void OnPublished(FileTurn turn)
    {
        if (turn.ClaimStore(Checkpointer.MaxUnstoredBytesPerTurn))
            _checkpoints.Store(turn);
    }

    private void Forget(FileTurn turn)
    {
        _turns.Remove(turn);
        if (!turn.File.IsRescue && !turn.File.IsGone)
            Note(turn.Opening.ConversationKey, turn.File);
    }

    private void Fail(JournalUnavailableException failure)
    {
        bool isFirst;
        lock (_failing)
        {
            // Two threads may fail at the same time, and a disk that is full must not hide what room alone does not heal.
            isFirst = _failure is null;
            if (!isFirst && (!HealsWithRoom || failure.InnerException is NoRoomException))
                return;
            _failure = failure;
        }

        if (isFirst)
        {
            _commits.Halt();
            _checkpoints.Halt();
            FailAll(failure);
        }

        _onFailed(this, failure);
    }

    private void FailAll(JournalUnavailableException failure)
    {
        foreach (var turn in _turns.All)
            turn.Fail(failure);
        ConversationChange[] changes;
        lock (_failing)
            changes = [.. _changes];
        foreach (var change in changes)
            change.Fail(failure);
    }
}
