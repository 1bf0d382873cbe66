using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Turns;

/// <summary>
/// Hears what the model says in a turn: appends each of it as an event, and keeps of it what the turn goes on with. It has the upstream wait
/// for nobody but the disk.
/// </summary>
internal sealed class TurnListener(RunningTurn turn, TurnEvents events, TurnContext context) : IChatListener
{
    private readonly long _maxBytes = context.Limits.MaxAnswerBytes; // at hand, because every token asks
    private ToolRounds? _tools;
    private Answer _answer = new(after: 0);

    public ToolRounds Tools => _tools ??= new ToolRounds(turn, events, context.Tools, context.Runner);

    /// <summary>When the turn's first token came; null before.</summary>
    public TimeSpan? FirstToken { get; private set; }

    /// <summary>The model that went on in place of the one that was asked; null if none did.</summary>
    public string? OtherModel { get; private set; }

    /// <summary>The model is asked, once more: gives the answer that is heard from now on.</summary>
    public Answer Begin() => _answer = new Answer(events.Last);

    public ValueTask<bool> HearAsync(ChatEvent said)
    {
        // The upstream may have had more at hand when the turn was cut short: nothing is journalled after a stop.
        turn.ThrowIfCut();
        bool isFirst = FirstToken is null;
        Hear(said);
        if (isFirst && FirstToken is not null)
            events.Hurry(); // somebody looks at an empty screen
        return GoOn();
    }

    public ValueTask<bool> HearTextAsync(ReadOnlySpan<byte> text)
    {
        turn.ThrowIfCut();
        bool isFirst = FirstToken is null;
        turn.Hear(isToken: true);
        Hear(text, isRefusal: false);
        if (isFirst)
            events.Hurry();
        return GoOn();
    }

    /// <summary>Whether the model is to go on: not beyond the longest answer, and no faster than the disk.</summary>
    private ValueTask<bool> GoOn()
    {
        if (events.Bytes > _maxBytes)
            return new(false);
        return events.RunsAhead ? CatchUpAsync() : new(true);
    }

    private async ValueTask<bool> CatchUpAsync()
    {
        await events.CommitAsync();
        return true;
    }

    private void Hear(ChatEvent said)
    {
        if (said is Heartbeat)
            return;
        if (said is ModelChanged changed)
        {
            Follow(changed.Model);
            return;
        }

        turn.Hear(isToken: said is TextDelta or ReasoningDelta or ToolArgumentsDelta or ToolCallRequested);
        switch (said)
        {
            case TextDelta text:
                Hear(text.Text.Span, text.IsRefusal);
                break;
            case ReasoningDelta reasoning:
                MarkToken();
                events.Reasoning(reasoning.Text.Span, reasoning.Signature, reasoning.Redacted);
                _answer.AddReasoning(reasoning);
                break;
            case ToolArgumentsDelta arguments:
                MarkToken();
                events.ToolArguments(arguments.Id, arguments.Name, arguments.Delta.Span);
                _answer.MarkTold(arguments.Id);
                break;
            case ToolCallRequested call:
                MarkToken();
                _answer.Calls.Add(Tools.Take(call, _answer.IsTold(call.Id)));
                break;
            case CitationFound citation:
                events.Citation(citation.Citation.Span);
                break;
            case UsageReported usage:
                _answer.Usage = usage.Usage;
                break;
            case AnswerEnded ended:
                _answer.Ended = ended;
                break;
        }
    }

    private void Hear(ReadOnlySpan<byte> text, bool isRefusal)
    {
        MarkToken();
        events.Token(text, isRefusal);
    }

    private void MarkToken() => FirstToken ??= turn.Elapsed;

    /// <summary>Another model goes on. Where nothing was shown yet, <c>usage</c> names it at the end; else a <c>seam</c> stands at the place.</summary>
    private void Follow(string otherModel)
    {
        turn.ExpectNothing();
        OtherModel = otherModel;
        if (FirstToken is not null)
            events.Seam("failover", otherModel);
    }
}
