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

    /// <summary>Asks for one; it can be answered from now on.</summary>
    public Task<Approval> Ask(string id)
    {
        var asked = new TaskCompletionSource<Approval>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _asked[id] = asked;
        return asked.Task;
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
