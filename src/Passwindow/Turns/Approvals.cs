namespace Passwindow.Turns;

/// <summary>A person's yes or no to one call.</summary>
/// <param name="Id">The call.</param>
/// <param name="IsApproved">Whether it may run.</param>
/// <param name="Reason">Why, or why not; told to the model.</param>
internal sealed record Approval(string Id, bool IsApproved, string? Reason);

/// <summary>What became of answers that somebody posted. They count all or none.</summary>
internal enum ApprovalReceipt
{
    /// <summary>They count.</summary>
    Taken,

    /// <summary>The turn asked for none of that id.</summary>
    Unknown,

    /// <summary>One of them was answered before, or its time is over.</summary>
    Late,
}

/// <summary>The calls of a running turn that wait for a person.</summary>
internal sealed class Approvals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<Approval>> _asked = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<RoundCall> _left = [];

    /// <summary>Whether all that the turn waits for is a person: no model is at work, and no tool.</summary>
    public bool AreAllThatIsLeft => _left is { Count: > 0 } left && left.All(static call => call.Approval is { IsCompleted: false });

    /// <summary>Says which calls of the round have not been answered yet.</summary>
    public void Leave(IEnumerable<RoundCall> calls) => _left = [.. calls];

    /// <summary>Asks for one; it can be answered from now on.</summary>
    public Task<Approval> Ask(string id)
    {
        var asked = new TaskCompletionSource<Approval>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _asked[id] = asked;
        return asked.Task;
    }

    /// <summary>Whether a call waits for an answer.</summary>
    public bool IsAwaited(string id)
    {
        lock (_gate)
            return _asked.TryGetValue(id, out var asked) && !asked.Task.IsCompleted;
    }

    public ApprovalReceipt Answer(IReadOnlyList<Approval> answers)
    {
        lock (_gate)
        {
            if (answers.Any(answer => !_asked.ContainsKey(answer.Id)))
                return ApprovalReceipt.Unknown;
            if (answers.Any(answer => _asked[answer.Id].Task.IsCompleted))
                return ApprovalReceipt.Late;
            foreach (var answer in answers)
                _asked[answer.Id].SetResult(answer);
            return ApprovalReceipt.Taken;
        }
    }
}
