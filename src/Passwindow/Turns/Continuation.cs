using System.Text.Json;
using Passwindow.Journal;
using Passwindow.Protocol;

namespace Passwindow.Turns;

/// <summary>The wish to go on where a turn ended for its client's tools.</summary>
/// <param name="Turn">The turn that ended.</param>
/// <param name="Results">What the client's tools gave.</param>
internal sealed record Continuation(TurnId Turn, IReadOnlyList<GivenResult> Results)
{
    /// <summary>Checks it against the journal, while nothing else can begin in the conversation.</summary>
    /// <param name="turns">The turns of the conversation, oldest first.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The results, in the order of the calls, and the turn in which the continued one began, if that is another.</returns>
    /// <exception cref="TurnRefusedException">They are not what the turn waits for, or it does not wait.</exception>
    public async Task<(IReadOnlyList<ClientResult> Results, TurnId? Root)> CheckAsync(IReadOnlyList<ITurnReader> turns, DateTimeOffset now, CancellationToken cancellation)
    {
        if (turns.Any(turn => turn.Opening.Continues == Turn))
            throw new TurnRefusedException(TurnRefusal.AlreadyAnswered, "The calls of this turn have been answered.");
        var asking = turns.FirstOrDefault(turn => turn.Opening.Turn == Turn);
        var (owed, endedAt) = asking is null ? ([], default) : await OwedAsync(asking, cancellation);
        if (owed.Count == 0)
            throw new TurnRefusedException(TurnRefusal.NotWaiting, "The turn did not end for its client's tools.");
        if (turns[^1].Opening.Turn != Turn)
            throw new TurnRefusedException(TurnRefusal.NotWaiting, "The conversation has gone on without these results.");

        if (Results.FirstOrDefault(result => owed.All(call => call.Id != result.Id)) is { } unknown)
            throw new TurnRefusedException(TurnRefusal.WrongResults, $"The client owes no result for the call {unknown.Id}.");
        if (Results.Select(static result => result.Id).Distinct(StringComparer.Ordinal).Count() != Results.Count)
            throw new TurnRefusedException(TurnRefusal.WrongResults, "A call is answered twice.");
        if (owed.FirstOrDefault(call => Results.All(result => result.Id != call.Id)) is { Id: not null } missing)
            throw new TurnRefusedException(TurnRefusal.WrongResults, $"The result for the call {missing.Id} is missing: all calls of the turn are answered at once.");
        long took = Math.Max(0, (long)(now - endedAt).TotalMilliseconds);
        return ([.. owed.Select(call => Results.First(result => result.Id == call.Id).Of(call.Name, took))], asking!.Opening.Root ?? asking.Opening.Continues);
    }

    /// <summary>The calls that nobody has answered, if the turn ended for them, and when it ended.</summary>
    public static async Task<(List<(string Id, string Name)> Owed, DateTimeOffset EndedAt)> OwedAsync(ITurnReader turn, CancellationToken cancellation)
    {
        var owed = new List<(string Id, string Name)>();
        long duration = 0;
        bool waits = false;
        await foreach (var committed in turn.ReadAllAsync(cancellation))
        {
            var json = committed.Json.Span;
            if (committed.Type == EventType.ToolCall)
                owed.Add((EventJson.GetString(json, "id"u8) ?? "", EventJson.GetString(json, "name"u8) ?? ""));
            else if (committed.Type == EventType.ToolResult && EventJson.GetString(json, "id"u8) is { } answered)
                owed.RemoveAll(call => call.Id == answered);
            else if (committed.Type == EventType.Usage)
                duration = EventJson.GetInt64(json, "duration_ms"u8) ?? 0;
            else if (committed.Type == EventType.Done)
                waits = EventJson.GetString(json, "finish_reason"u8) == Words.Of(FinishReason.ToolCalls);
        }

        return (waits ? owed : [], turn.Opening.CreatedAt.AddMilliseconds(duration));
    }
}

/// <summary>What a client says that one of its tools gave.</summary>
/// <param name="Id">The call.</param>
/// <param name="Result">The result, any JSON value; null if it failed.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
internal sealed record GivenResult(string Id, JsonElement? Result, string? Error)
{
    public ClientResult Of(string name, long durationMs) => new(Id, name, durationMs) { Result = Result, Error = Error };
}
