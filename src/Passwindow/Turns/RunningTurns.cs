using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Passwindow.Conversations;
using Passwindow.Clock;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Upstream;

namespace Passwindow.Turns;

/// <summary>The turns that run on this node: starts them, finds them, stops them, and ends them when the server goes down.</summary>
internal sealed class RunningTurns(IJournal journal, TurnLimits limits, TurnUpstreams upstreams, Pulse pulse, TimeProvider time, ILogger<TurnLoop> log)
{
    private readonly ConcurrentDictionary<TurnKey, RunningTurn> _turns = new();
    private readonly ConcurrentDictionary<ConversationKey, RunningTurn?> _conversations = new();
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
        Reserve(conversation);
        try
        {
            var history = request.Conversation is null ? [] : await Memory.ReadAsync(journal, conversation, cancellation);
            return Run(request, conversation, history);
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

    private (RunningTurn Turn, IDisposable Viewer) Run(TurnRequest request, ConversationKey conversation, IReadOnlyList<Protocol.Upstream.ChatMessage> history)
    {
        var opening = new TurnOpening(
            journal.CreateTurnId(conversation), conversation.Tenant, conversation.Conversation, request.User, request.Model.Name, request.Message, time.GetUtcNow())
        {
            Tools = request.ToolsJson,
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
        var context = new TurnContext([.. history, Memory.Question(request.Message)], request.Tools, limits);
        var loop = new TurnLoop(turn, writer, upstreams.For(request.Model), context, log);
        var listening = writer.Reader.Listen(turn);
        _turns[opening.Key] = turn;
        _conversations[conversation] = turn;
        pulse.Add(turn);
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
}
