using System.Text.Json;
using Passwindow.Conversations;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Tools;

namespace Passwindow.Turns;

/// <summary>
/// The rounds of tools within a turn: looks at each call as the model completes it, then answers all calls of an answer, those that can
/// run at the same time at the same time. Every step is an event before it is anything else.
/// </summary>
internal sealed class ToolRounds(RunningTurn turn, TurnEvents events, OfferedTools tools, ToolRunner runner)
{
    /// <summary>The tools that were called with arguments they do not take, the last time they were called.</summary>
    private readonly HashSet<string> _malformed = new(StringComparer.Ordinal);
    private int _taken;

    /// <summary>Looks at a call that the model has completed, and tells of it.</summary>
    /// <param name="requested">The call.</param>
    /// <param name="isTold">Whether its arguments were told while the model wrote them.</param>
    public RoundCall Take(ToolCallRequested requested, bool isTold)
    {
        // What the reader gave is valid until the next event; the call is kept for the round.
        byte[] written = ToolArguments.IsNothing(requested.Arguments.Span) ? "{}"u8.ToArray() : requested.Arguments.ToArray();
        var call = Look(new RoundCall(requested.Id, requested.Name, written));

        // A client that takes calls as they come gets the model's own spelling too: in the event of the call stands JSON that was written anew.
        if (call.Tool is null && tools.AreRelayed && !isTold)
            events.ToolArguments(call.Id, call.Name, call.Written);

        // A client runs what it is shown, so it is not shown what it must not run; an action shows itself.
        bool isShown = call.Refusal is null || tools.FindClient(call.Name) is null;
        if (isShown && call.Arguments.ValueKind == JsonValueKind.Object && call.Tool is not { IsAction: true })
            events.ToolCall(call.Id, call.Name, call.Written, call.Approval is not null);
        return call;
    }

    /// <summary>Answers the calls of one answer of the model, into <paramref name="messages"/>.</summary>
    /// <returns>How the turn ends with it; null if the model is to be asked again.</returns>
    public async Task<TurnEnd?> AnswerAsync(IReadOnlyList<RoundCall> calls, List<ChatMessage> messages)
    {
        _taken = 0;
        var results = new ToolResultPart?[calls.Count];
        Act(calls, results);
        if (Refuse(calls, results) is { } end)
            return end;
        await events.CommitAsync(); // a tool may change the world: that it was asked to is on disk before it is
        await RunAsync(calls, results);
        messages.Add(new ChatMessage(ChatRole.Tool, [.. results.OfType<ToolResultPart>()]));
        return calls.Any(static call => call.IsClients) ? TurnEnd.Of(FinishReason.ToolCalls) : null;
    }

    private RoundCall Look(RoundCall call)
    {
        var tool = tools.FindServer(call.Name);
        var schema = tool?.Schema ?? tools.FindClient(call.Name);
        bool isObject = ToolArguments.TryRead(call.Written, out var arguments);
        call = call with { Tool = tool, Arguments = arguments };
        if (tool is null && tools.AreRelayed)
            return call;
        if (!isObject)
            return call with { Refusal = "The arguments are not a JSON object.", IsMalformed = true };
        if (schema is null)
            return call with { Refusal = $"There is no tool named {call.Name}." };
        if (schema.Check(arguments) is { } wrong)
            return call with { Refusal = wrong, IsMalformed = true };
        if (++_taken > ToolLimits.MaxCallsPerRound)
            return call with { Refusal = $"At most {ToolLimits.MaxCallsPerRound} calls are answered at once." };
        return tool is { RequiresApproval: true } ? call with { Approval = turn.Approvals.Ask(call.Id) } : call;
    }

    private void Act(IReadOnlyList<RoundCall> calls, ToolResultPart?[] results)
    {
        for (int i = 0; i < calls.Count; i++)
        {
            if (calls[i] is not { Tool.IsAction: true, Refusal: null } call)
                continue;
            events.Action(call.Id, ActionCall.Write(call.Name, call.Arguments));
            results[i] = new ToolResultPart(call.Id, call.Name, ActionCall.Result, IsError: false);
        }
    }

    private TurnEnd? Refuse(IReadOnlyList<RoundCall> calls, ToolResultPart?[] results)
    {
        for (int i = 0; i < calls.Count; i++)
        {
            if (calls[i] is not { Refusal: { } refusal } call)
                continue;
            runner.Refused(call.Name, call.Tool is { IsAction: true }, turn.Opening.Turn.Value, refusal);
            results[i] = Tell(call, ToolOutcome.Failed(refusal));
        }

        var malformed = calls.Where(static call => call.IsMalformed).Select(static call => call.Name).ToHashSet(StringComparer.Ordinal);
        if (malformed.FirstOrDefault(_malformed.Contains) is { } again)
        {
            string message = $"The model cannot call the tool {again}: twice its arguments were not what the tool takes.";
            return new TurnEnd(FinishReason.Error, ErrorCode.ToolFailed, message, Retryable: true);
        }

        _malformed.ExceptWith(calls.Select(static call => call.Name));
        _malformed.UnionWith(malformed);
        return null;
    }

    private async Task RunAsync(IReadOnlyList<RoundCall> calls, ToolResultPart?[] results)
    {
        var slots = new SemaphoreSlim(ToolLimits.MaxParallelCalls);
        using var round = CancellationTokenSource.CreateLinkedTokenSource(turn.Cancellation);
        var running = new Dictionary<Task<ToolOutcome>, int>();
        var left = new List<RoundCall>();
        for (int i = 0; i < calls.Count; i++)
        {
            if (calls[i] is not { Refusal: null, Tool.IsAction: false } call)
                continue;
            running.Add(RunAsync(call, slots, round.Token), i);
            left.Add(call);
        }

        try
        {
            turn.Approvals.Leave(left);
            await foreach (var finished in Task.WhenEach(running.Keys))
            {
                var outcome = await finished;
                turn.Cancellation.ThrowIfCancellationRequested(); // nothing is journalled after a stop
                int index = running[finished];
                results[index] = Tell(calls[index], outcome);
                await events.CommitAsync();
                left.Remove(calls[index]);
                turn.Approvals.Leave(left);
            }
        }
        finally
        {
            turn.Approvals.Leave([]);
            await round.CancelAsync(); // if the journal failed, the others run for nobody
        }
    }

    private async Task<ToolOutcome> RunAsync(RoundCall call, SemaphoreSlim slots, CancellationToken cancellation)
    {
        if (call.Approval is not null && await DecideAsync(call, cancellation) is { } denied)
            return denied;
        await slots.WaitAsync(cancellation);
        try
        {
            var context = new ToolContext(new Caller(turn.Opening.Tenant, turn.Opening.User), turn.Opening.Conversation, turn.Opening.Turn, call.Id);
            return await runner.RunAsync(call.Tool!, call.Arguments, context, cancellation);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Waits for a person; null if the call may run.</summary>
    private async Task<ToolOutcome?> DecideAsync(RoundCall call, CancellationToken cancellation)
    {
        long askedAt = runner.Time.GetTimestamp();
        try
        {
            await call.Approval!.WaitAsync(runner.Limits.Approval, runner.Time, cancellation);
        }
        catch (TimeoutException)
        {
            // If somebody answered at the last moment, that counts.
            turn.Answer([new Approval(call.Id, IsApproved: false, "nobody answered in time")]);
        }

        var decision = await call.Approval!;
        if (decision.IsApproved)
            return null;
        string because = string.IsNullOrWhiteSpace(decision.Reason) ? "." : $": {decision.Reason}";
        return ToolOutcome.Failed($"The call was denied{because}", runner.Time.GetElapsedTime(askedAt));
    }

    private ToolResultPart Tell(RoundCall call, ToolOutcome outcome)
    {
        if (outcome.Error is { } error)
            events.ToolError(call.Id, call.Name, error, outcome.Duration);
        else
            events.ToolResult(call.Id, call.Name, outcome.Json.Span, outcome.Duration);
        return outcome.ToPart(call.Id, call.Name);
    }
}
