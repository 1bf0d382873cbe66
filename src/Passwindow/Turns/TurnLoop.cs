using Microsoft.Extensions.Logging;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Turns;

/// <summary>
/// The write side of one turn: pulls what the model says, appends each of it as an event, answers its calls, and ends the turn, whatever
/// happens, with one <c>done</c>. It runs at the pace of model and disk and never waits for a viewer.
/// </summary>
internal sealed partial class TurnLoop(RunningTurn turn, ITurnWriter writer, ResolvedModel model, TurnContext context, ILogger<TurnLoop> log)
{
    private readonly TurnEvents _events = new(writer);
    private Usage? _usage;
    private string? _otherModel;
    private TimeSpan? _firstToken;

    /// <summary>Runs the turn to its end. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            var end = await ConverseToTheEndAsync();
            _events.Usage(_usage ?? new Usage(), _firstToken, turn.Elapsed, _otherModel, turn.TokensToNobody);
            _events.End(end);
            await _events.CommitAsync();
            turn.Outcome = (end.Reason, _firstToken);
        }
        catch (JournalUnavailableException)
        {
            // Nothing can be added to the turn; its viewers are told by whoever serves them, recovery ends it.
        }
        catch (Exception e)
        {
            LogFault(e, turn.Opening.Turn.Value);
        }
        finally
        {
            _events.Dispose();
        }
    }

    private async Task<TurnEnd> ConverseToTheEndAsync()
    {
        try
        {
            _events.Start(turn.Opening);
            await _events.CommitAsync(); // the upstream costs money: it is asked only for a turn that exists
            turn.MarkStarted();
            await context.PrepareAsync(turn.Cancellation);
            return await ConverseAsync();
        }
        catch (Exception) when (turn.Reason is var reason and not CancelReason.None)
        {
            return reason == CancelReason.JournalFailed ? throw new JournalUnavailableException("The journal failed during the turn.") : TurnEnd.Of(reason);
        }
        catch (UpstreamException e)
        {
            LogUpstreamFailed(turn.Opening.Turn.Value, turn.Opening.Model, e.Code, e.Message);
            LogUpstreamDetail(e, turn.Opening.Turn.Value, e.Detail);
            return TurnEnd.Of(e);
        }
        catch (Exception e) when (e is not JournalUnavailableException)
        {
            LogFault(e, turn.Opening.Turn.Value);
            return TurnEnd.Fault;
        }
    }

    private async Task<TurnEnd> ConverseAsync()
    {
        var messages = context.Messages.ToList();
        for (int round = 1; ; round++)
        {
            var answer = await AskAsync(new ChatRequest(model.UpstreamModel, messages, context.ClientTools));
            if (answer.Usage is not null)
                _usage = _usage is null ? answer.Usage : _usage + answer.Usage;
            if (answer.Reason is null)
                return TurnEnd.Of(FinishReason.Length); // our own limit cut it
            if (answer.Calls.Count == 0)
                return TurnEnd.Of(answer.Reason.Value);

            messages.Add(answer.ToMessage());
            bool clientAnswers = false;
            foreach (var call in answer.Calls)
            {
                if (Refuse(call) is { } refusal)
                    messages.Add(refusal);
                else
                    clientAnswers = true;
            }

            if (clientAnswers)
                return TurnEnd.Of(FinishReason.ToolCalls);
            if (round >= context.Limits.MaxToolRounds)
                return TurnEnd.Of(FinishReason.ToolLimit);
        }
    }

    /// <summary>Asks once and appends what comes, as it comes.</summary>
    private async Task<Answer> AskAsync(ChatRequest request)
    {
        var answer = new Answer();
        turn.ExpectNothing(); // the first token's limit is the attempt's: there may be several
        await foreach (var said in model.Upstream.AskAsync(request, turn.Cancellation).WithCancellation(turn.Cancellation))
        {
            // The upstream may have had more at hand when the turn was cut short: nothing is journalled after a stop.
            turn.Cancellation.ThrowIfCancellationRequested();
            Hear(said, answer);
            if (_events.Bytes > context.Limits.MaxAnswerBytes)
                return answer;
            if (_events.RunsAhead)
                await _events.CommitAsync();
        }

        turn.ExpectNothing();
        return answer;
    }

    private void Hear(ChatEvent said, Answer answer)
    {
        if (said is Heartbeat)
            return;
        if (said is ModelChanged changed)
        {
            Follow(changed.Model);
            return;
        }

        turn.ExpectToken();
        switch (said)
        {
            case TextDelta text:
                MarkToken();
                _events.Token(text.Text.Span, text.IsRefusal);
                answer.AddText(text.Text.Span);
                break;
            case ReasoningDelta reasoning:
                MarkToken();
                _events.Reasoning(reasoning.Text.Span, reasoning.Signature, reasoning.Redacted);
                answer.AddReasoning(reasoning);
                break;
            case ToolArgumentsDelta arguments:
                MarkToken();
                _events.ToolArguments(arguments.Id, arguments.Name, arguments.Delta.Span);
                break;
            case ToolCallRequested call:
                MarkToken();
                answer.Calls.Add(Call(call));
                break;
            case CitationFound citation:
                _events.Citation(citation.Citation.Span);
                break;
            case UsageReported usage:
                answer.Usage = usage.Usage;
                break;
            case AnswerEnded ended:
                answer.Reason = ended.Reason;
                break;
        }
    }

    private void MarkToken()
    {
        _firstToken ??= turn.Elapsed;
        turn.CountToken();
    }

    /// <summary>Another model goes on. Where nothing was shown yet, <c>usage</c> names it at the end; else a <c>seam</c> stands at the place.</summary>
    private void Follow(string otherModel)
    {
        turn.ExpectNothing();
        _otherModel = otherModel;
        if (_firstToken is not null)
            _events.Seam("failover", otherModel);
    }

    private ToolCallRequested Call(ToolCallRequested call)
    {
        // What the reader gave is valid until the next event; the call is kept for the round.
        byte[] arguments = call.Arguments.IsEmpty || call.Arguments.Span.SequenceEqual("null"u8) ? "{}"u8.ToArray() : call.Arguments.ToArray();
        if (ToolArguments.IsObject(arguments))
            _events.ToolCall(call.Id, call.Name, arguments);
        return call with { Arguments = arguments };
    }

    /// <summary>The answer to a call that nobody runs; null for one that the client runs.</summary>
    private ChatMessage? Refuse(ToolCallRequested call)
    {
        string? error = null;
        if (!ToolArguments.IsObject(call.Arguments.Span))
            error = "The arguments are not a JSON object.";
        else if (!context.ClientTools.Any(tool => tool.Name == call.Name))
            error = $"There is no tool named {call.Name}.";
        if (error is null)
            return null;
        _events.ToolError(call.Id, call.Name, error, TimeSpan.Zero);
        return new ChatMessage(ChatRole.Tool, [new ToolResultPart(call.Id, call.Name, error, IsError: true)]);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Turn {Turn}: the upstream {Model} failed with {Code}: {Reason}")]
    private partial void LogUpstreamFailed(string turn, string model, ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Turn {Turn}: the upstream said {Detail}")]
    private partial void LogUpstreamDetail(Exception failure, string turn, string? detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "Turn {Turn} ended by a fault of ours.")]
    private partial void LogFault(Exception fault, string turn);
}

/// <summary>What a turn runs with.</summary>
/// <param name="Messages">The conversation so far, the person's message last.</param>
/// <param name="ClientTools">The tools that the client runs.</param>
/// <param name="Limits">The limits.</param>
internal sealed record TurnContext(IReadOnlyList<ChatMessage> Messages, IReadOnlyList<ToolDeclaration> ClientTools, TurnLimits Limits)
{
    /// <inheritdoc cref="TurnContext" path="/param[@name='Messages']"/>
    public IReadOnlyList<ChatMessage> Messages { get; private set; } = Messages;

    /// <summary>Waits until nothing is before the turn in its conversation, and gives its messages then; null if nothing was.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<ChatMessage>>>? WaitForMessages { get; init; }

    /// <summary>Waits for the turn's place in its conversation.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (WaitForMessages is not null)
            Messages = await WaitForMessages(cancellation);
    }
}
