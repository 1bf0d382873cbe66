using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Passwindow.Conversations;
using Passwindow.Clock;
using Passwindow.Diagnostics;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Dialects.Native;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;
using Passwindow.Upstream;

namespace Passwindow.Turns;

/// <summary>The turns that run on this node: starts them, finds them, stops them, and ends them when the server goes down.</summary>
internal sealed class RunningTurns(
    IJournal journal, TurnLimits limits, TurnUpstreams upstreams, ToolRunner runner, PasswindowMetrics metrics, TurnTimelines timelines, Pulse pulse, TimeProvider time, ILoggerFactory logs)
{
    private readonly ILogger<TurnLoop> _log = logs.CreateLogger<TurnLoop>();
    private readonly ConcurrentDictionary<TurnKey, RunningTurn> _turns = new();
    private readonly ConversationLines _lines = new();
    private readonly Memory _memory = new(journal);
    private readonly IAppendsInRows? _rows = journal as IAppendsInRows;
    private int _count;
    private volatile bool _closing;

    /// <summary>How many run, or wait for another to end.</summary>
    public int Count => _count;

    public RunningTurn? Find(TurnKey key) => _turns.GetValueOrDefault(key);

    /// <summary>The turn that runs in a conversation; null if none does.</summary>
    public RunningTurn? FindIn(ConversationKey key) => _lines.First(key);

    /// <summary>Starts a turn. It is watched from the beginning, by the viewer that is returned with it and disposed when it leaves.</summary>
    /// <exception cref="TurnRefusedException">It cannot be started; nothing has happened.</exception>
    public async Task<(RunningTurn Turn, IDisposable Viewer)> StartAsync(TurnRequest request, CancellationToken cancellation)
    {
        var conversation = new ConversationKey(request.Tenant, request.Conversation ?? ConversationId.Create(time.GetUtcNow()));

        // Whoever was just shown a turn's done may ask the next thing at once, and be faster here than the turn's own last steps.
        while (FindIn(conversation) is { Reader.HasEnded: true } ending)
            await ending.Completion.WaitAsync(cancellation);
        var place = Enter(conversation, request.IfActive);
        try
        {
            var checkedResults = request.Continues is { } continuation
                ? await continuation.CheckAsync(await journal.ReadConversationAsync(conversation, cancellation), time.GetUtcNow(), cancellation)
                : default;
            var opening = Open(request, conversation, checkedResults.Results) with { Root = checkedResults.Root };

            // Read before the turn exists if that can be: damage is then told by a status.
            var history = !place.IsFirst ? null : request.Conversation is null || opening.IsWhole ? [] : await _memory.ReadAsync(opening, cancellation);
            return Run(request, opening, place, history);
        }
        catch
        {
            Leave(place);
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

    /// <summary>Stops the turns that run or wait in a conversation, and deletes it; false if this tenant has no such conversation.</summary>
    /// <exception cref="JournalUnavailableException">It could not be made durable.</exception>
    public async Task<bool> DeleteAsync(ConversationKey conversation, CancellationToken cancellation)
    {
        var place = _lines.TryEnter(conversation, IfActive.Interrupt, out var ahead)!;
        foreach (var other in ahead)
            other.Interrupt();
        try
        {
            await place.Front.WaitAsync(cancellation);
            return await DeleteHeldAsync(conversation);
        }
        finally
        {
            _lines.Leave(place);
        }
    }

    /// <summary>Deletes a conversation if no turn runs in it and its last one began before <paramref name="before"/>.</summary>
    /// <exception cref="JournalUnavailableException">It could not be made durable.</exception>
    public async Task<bool> DeleteIdleAsync(ConversationKey conversation, DateTimeOffset before, CancellationToken cancellation)
    {
        if (_lines.TryEnter(conversation, IfActive.Reject, out _) is not { } place)
            return false;
        try
        {
            return await journal.DescribeAsync(conversation, cancellation) is { Running: null } entry && entry.UpdatedAt < before && await DeleteHeldAsync(conversation);
        }
        finally
        {
            _lines.Leave(place);
        }
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
        }
    }

    private ConversationLines.Place Enter(ConversationKey conversation, IfActive ifActive)
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

        if (_lines.TryEnter(conversation, ifActive, out var ahead) is { } place)
        {
            if (ifActive == IfActive.Interrupt)
            {
                foreach (var other in ahead)
                    other.Interrupt();
            }

            return place;
        }

        Interlocked.Decrement(ref _count);
        throw ifActive == IfActive.Enqueue
            ? new TurnRefusedException(TurnRefusal.QueueIsFull, $"{ConversationLines.MaxWaiting} turns wait in the conversation already.")
            : new TurnRefusedException(TurnRefusal.ConversationIsBusy, "The conversation has a running turn.") { ActiveTurn = ahead[0].Turn?.Opening.Turn };
    }

    /// <summary>
    /// What the turn appends before it waits for something, for its model as a rule, is one row: its start is committed while the provider has the question already, on
    /// a busy server together with what comes next, which may be the first token.
    /// </summary>
    private Task BeginAsync(TurnLoop loop)
    {
        _rows?.BeginRow();
        try
        {
            return loop.RunAsync();
        }
        finally
        {
            _rows?.LeaveRow();
        }
    }

    private void Leave(ConversationLines.Place place)
    {
        _lines.Leave(place);
        Interlocked.Decrement(ref _count);
    }

    private TurnOpening Open(TurnRequest request, ConversationKey conversation, IReadOnlyList<ClientResult>? results) => new(
        journal.CreateTurnId(conversation), conversation.Tenant, conversation.Conversation, request.User, request.Model.Name, request.Message, time.GetUtcNow())
    {
        Input = request.Input is { IsKept: true } kept ? kept.Messages : null,
        IsWhole = request.Input is { IsWhole: true },
        IsRelayed = request.IsRelayed,
        IsUnlisted = !request.IsListed,
        ServerTools = request.IsRelayed && request.ServerTools.Count > 0 ? [.. request.ServerTools.Select(static tool => tool.Name)] : null,
        Tools = request.ToolsJson,
        Metadata = request.Metadata,
        Continues = request.Continues?.Turn,
        ToolResults = results,
        Replaces = request.Replaces,
        IdempotencyKey = request.IdempotencyKey,
        RequestHash = request.RequestHash,
    };

    private (RunningTurn Turn, IDisposable Viewer) Run(
        TurnRequest request, TurnOpening opening, ConversationLines.Place place, IReadOnlyList<ChatMessage>? history)
    {
        ITurnWriter writer;
        try
        {
            writer = journal.Open(opening);
        }
        catch (JournalUnavailableException e)
        {
            throw new TurnRefusedException(TurnRefusal.JournalUnavailable, "The journal takes no writes.", e);
        }

        var turn = new RunningTurn(opening, writer.Reader, limits, time) { Timeline = timelines.Begin(opening.Key) };
        IReadOnlyList<ChatMessage> asked = request.Input?.Messages ?? [opening.ToolResults is { } results ? TurnMessages.Of(results) : Memory.Question(request.Message)];
        IReadOnlyList<ChatMessage> told = request.Input?.Instructions is { } instructions ? [ChatMessage.Of(ChatRole.System, instructions)] : [];
        var tools = new OfferedTools(request.Tools, request.ServerTools, request.IsRelayed);
        var context = new TurnContext([.. told, .. history ?? [], .. asked], tools, runner, limits)
        {
            Options = request.Options,
            ClientResults = opening.ToolResults ?? [],
            Suggestions = request.Suggestions is { } model ? new Suggestions(model, time, logs.CreateLogger<Suggestions>()) : null,
            WaitForMessages = history is null ? WaitAsync : null,
        };
        if (history is not null)
            turn.Begin();
        var loop = new TurnLoop(turn, new TurnEvents(writer, turn.Timeline), upstreams.For(request.Model), context, _log);
        var listening = writer.Reader.Listen(turn);
        _turns[opening.Key] = turn;
        place.Take(turn);
        var pulsing = pulse.Add(turn);
        metrics.TurnBegan();
        if (_closing)
            turn.Cancel(CancelReason.ShuttingDown); // it was let in a moment before, and the sweep may have missed it
        var viewer = turn.Watch();
        _ = RunAsync();
        return (turn, viewer);

        async Task RunAsync()
        {
            await Task.Yield(); // the request goes on at once
            await BeginAsync(loop);
            listening.Dispose();
            pulsing.Dispose();
            _turns.TryRemove(opening.Key, out _);
            Leave(place);
            metrics.TurnEnded(turn.Outcome.Reason, turn.Outcome.FirstToken, turn.Elapsed, turn.TokensToNobody);
            timelines.End(opening.Key);
            turn.Complete();
        }

        // What stands before it in the conversation shows only when that has ended.
        async Task<IReadOnlyList<ChatMessage>> WaitAsync(CancellationToken cancellation)
        {
            await place.Front.WaitAsync(cancellation);
            turn.Begin();
            return [.. told, .. opening.IsWhole ? [] : await _memory.ReadAsync(opening, cancellation), .. asked];
        }
    }
}
