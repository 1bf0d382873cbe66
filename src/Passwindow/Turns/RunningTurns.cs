using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Passwindow.Conversations;
using Passwindow.Clock;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;

namespace Passwindow.Turns;

/// <summary>The turns that run on this node: starts them, finds them, stops them, and ends them when the server goes down.</summary>
internal sealed class RunningTurns(IJournal journal, TurnLimits limits, Pulse pulse, TimeProvider time, ToolRunner runner, ILoggerFactory logs)
{
    private readonly ILogger<TurnLoop> _log = logs.CreateLogger<TurnLoop>();
    private readonly ConcurrentDictionary<TurnKey, RunningTurn> _turns = new();
    private readonly ConcurrentDictionary<ConversationKey, RunningTurn?> _conversations = new();
    private readonly Memory _memory = new(journal);
    private int _count;
    private volatile bool _closing;

    /// <summary>How many run.</summary>
    public int Count => _count;

    public RunningTurn? Find(TurnKey key) => _turns.GetValueOrDefault(key);

    /// <summary>The turn that runs in a conversation; null if none does.</summary>
    public RunningTurn? FindIn(ConversationKey key) => _conversations.GetValueOrDefault(key);

    /// <summary>Starts a turn. It is watched from the beginning, by the viewer that is returned with it and disposed when it leaves.</summary>
    /// <exception cref="TurnRefusedException">It cannot be started; nothing has happened.</exception>
    public async Task<(RunningTurn Turn, IDisposable Viewer)> StartAsync(TurnRequest request, CancellationToken cancellation)
    {
        var conversation = new ConversationKey(request.Tenant, request.Conversation ?? ConversationId.Create(time.GetUtcNow()));

        // Whoever was just shown a turn's done may ask the next thing at once, and be faster here than the turn's own last steps.
        while (FindIn(conversation) is { Reader.HasEnded: true } ending)
            await ending.Completion.WaitAsync(cancellation);
        Reserve(conversation);
        try
        {
            var history = request.Conversation is null ? [] : await _memory.ReadAsync(conversation, cancellation);
            var results = request.Continues is { } continuation
                ? await continuation.CheckAsync(await journal.ReadConversationAsync(conversation, cancellation), time.GetUtcNow(), cancellation)
                : null;
            return Run(request, conversation, history, results);
        }
        catch
        {
            Release(conversation);
            throw;
        }
    }

    /// <summary>Ends all turns as interrupted, and takes no new ones. Completes when the last <c>done</c> is committed.</summary>
    public async Task CloseAsync()
    {
        _closing = true;
        foreach (var turn in _turns.Values)
            turn.Cancel(CancelReason.ShuttingDown);
        await Task.WhenAll(_turns.Values.Select(static turn => turn.Completion));
    }

    /// <summary>Stops the turn that runs in a conversation, if one does, and deletes it; false if this tenant has no such conversation.</summary>
    /// <exception cref="TurnRefusedException">A turn is just beginning in it, or it is being deleted already.</exception>
    /// <exception cref="JournalUnavailableException">It could not be made durable.</exception>
    public async Task<bool> DeleteAsync(ConversationKey conversation, CancellationToken cancellation)
    {
        const int mostTurnsToStop = 8; // somebody may begin one whenever another ends
        for (int stopped = 0; !_conversations.TryAdd(conversation, null); stopped++)
        {
            if (FindIn(conversation) is not { } running || stopped == mostTurnsToStop)
                throw new TurnRefusedException(TurnRefusal.ConversationIsBusy, "A turn is just beginning in the conversation, or it is being deleted. Ask again.");
            running.Cancel(CancelReason.Stopped);
            await running.Completion.WaitAsync(cancellation);
        }

        return await DeleteHeldAsync(conversation);
    }

    /// <summary>Deletes a conversation if no turn runs in it and its last one began before <paramref name="before"/>.</summary>
    /// <exception cref="JournalUnavailableException">It could not be made durable.</exception>
    public async Task<bool> DeleteIdleAsync(ConversationKey conversation, DateTimeOffset before, CancellationToken cancellation)
    {
        if (!_conversations.TryAdd(conversation, null))
            return false;
        if (await journal.DescribeAsync(conversation, cancellation) is { Running: null } entry && entry.UpdatedAt < before)
            return await DeleteHeldAsync(conversation);
        _conversations.TryRemove(conversation, out _);
        return false;
    }

    // No turn may begin until it is done, whoever may have lost patience by then.
    private async Task<bool> DeleteHeldAsync(ConversationKey conversation)
    {
        try
        {
            return await journal.DeleteAsync(conversation, CancellationToken.None);
        }
        finally
        {
            _memory.Forget(conversation);
            _conversations.TryRemove(conversation, out _);
        }
    }

    private void Reserve(ConversationKey conversation)
    {
        if (_closing)
            throw new TurnRefusedException(TurnRefusal.ShuttingDown, "The server is going down.");
        if (!journal.Health.IsWritable)
            throw new TurnRefusedException(TurnRefusal.JournalUnavailable, "The journal takes no writes.");
        if (Interlocked.Increment(ref _count) > limits.MaxTurns)
        {
            Interlocked.Decrement(ref _count);
            throw new TurnRefusedException(TurnRefusal.Overloaded, "As many turns run as this server allows.");
        }

        if (_conversations.TryAdd(conversation, null))
            return;
        Interlocked.Decrement(ref _count);
        throw new TurnRefusedException(TurnRefusal.ConversationIsBusy, "The conversation has a running turn.")
        {
            ActiveTurn = FindIn(conversation)?.Opening.Turn,
        };
    }

    private void Release(ConversationKey conversation)
    {
        _conversations.TryRemove(conversation, out _);
        Interlocked.Decrement(ref _count);
    }

    private (RunningTurn Turn, IDisposable Viewer) Run(
        TurnRequest request, ConversationKey conversation, IReadOnlyList<ChatMessage> history, IReadOnlyList<ClientResult>? results)
    {
        var opening = new TurnOpening(
            journal.CreateTurnId(conversation), conversation.Tenant, conversation.Conversation, request.User, request.Model.Name, request.Message, time.GetUtcNow())
        {
            Tools = request.ToolsJson,
            Continues = request.Continues?.Turn,
            ToolResults = results,
            Metadata = request.Metadata,
        };
        ITurnWriter writer;
        try
        {
            writer = journal.Open(opening);
        }
        catch (JournalUnavailableException e)
        {
            throw new TurnRefusedException(TurnRefusal.JournalUnavailable, "The journal takes no writes.", e);
        }

        var turn = new RunningTurn(opening, writer.Reader, limits, time);
        var loop = new TurnLoop(turn, writer, request.Model, Context(request, history, results), _log);
        var listening = writer.Reader.Listen(turn);
        _turns[opening.Key] = turn;
        _conversations[conversation] = turn;
        pulse.Add(turn);
        if (_closing)
            turn.Cancel(CancelReason.ShuttingDown); // it was let in a moment before, and the sweep may have missed it
        var viewer = turn.Watch();
        _ = RunAsync();
        return (turn, viewer);

        async Task RunAsync()
        {
            await Task.Yield(); // the request goes on at once
            await loop.RunAsync();
            listening.Dispose();
            pulse.Remove(turn);
            _turns.TryRemove(opening.Key, out _);
            Release(conversation);
            turn.Complete();
        }
    }

    private TurnContext Context(TurnRequest request, IReadOnlyList<ChatMessage> history, IReadOnlyList<ClientResult>? results)
    {
        var now = results is null ? Memory.Question(request.Message) : new ChatMessage(ChatRole.Tool, [.. results.Select(TurnMessages.Of)]);
        return new TurnContext([.. history, now], new OfferedTools(request.Tools, request.ServerTools), runner, limits)
        {
            ClientResults = results ?? [],
            Suggestions = request.Suggestions is { } model ? new Suggestions(model, time, logs.CreateLogger<Suggestions>()) : null,
        };
    }
}
