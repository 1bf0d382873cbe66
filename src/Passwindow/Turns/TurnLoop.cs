using Microsoft.Extensions.Logging;
using Passwindow.Conversations;
using Passwindow.Journal;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Turns;

/// <summary>
/// The write side of one turn: asks the model, has what it says appended, answers its calls, and ends the turn, whatever happens, with one
/// <c>done</c>. It runs at the pace of model and disk and never waits for a viewer.
/// </summary>
internal sealed partial class TurnLoop(RunningTurn turn, TurnEvents events, ResolvedModel model, TurnContext context, ILogger<TurnLoop> log)
{
    private readonly TurnListener _listener = new(turn, events, context);
    private Answer? _last;
    private Usage? _usage;
    private byte[]? _ownUsage;

    /// <summary>Runs the turn to its end. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            var end = await ConverseToTheEndAsync();
            if (end.Reason == FinishReason.Stop)
                await SuggestAsync();
            events.Usage(_usage ?? new Usage(), _listener.FirstToken, turn.Elapsed, _listener.OtherModel, turn.TokensToNobody, _ownUsage);
            events.End(end);
            await events.CommitAsync();
            turn.Outcome = (end.Reason, _listener.FirstToken);
        }
        catch (JournalUnavailableException)
        {
            // Nothing can be added to the turn; its viewers are told by whoever serves them, recovery ends it.
        }
        catch (Exception e)
        {
            LogFault(e, turn.Opening.Turn.Value);
        }
    }

    private async Task<TurnEnd> ConverseToTheEndAsync()
    {
        try
        {
            events.Start(turn.Opening);
            await context.PrepareAsync(turn.Cancellation);
            foreach (var result in context.ClientResults)
                events.ClientResult(result);
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

    /// <summary>The answer is whole: whatever becomes of this, a stop too, the turn ends as it would without.</summary>
    private async Task SuggestAsync()
    {
        if (context.Suggestions is not { } suggestions || _last is not { } answer)
            return;
        var questions = await suggestions.AskAsync(context.Messages, await ReadTextAsync(answer), turn.Cancellation);
        if (questions.Count > 0)
            events.SuggestedQuestions(questions);
    }

    private async Task<TurnEnd> ConverseAsync()
    {
        // A client that has its calls relayed answers for what it sends: to leave out what its tools gave would change what was asked.
        bool keepsCalls = context.Tools.Declarations.Count > 0 || context.Tools.AreRelayed;
        var messages = History.Complete(context.Messages, keepsCalls);
        for (int round = 1; ; round++)
        {
            var answer = await AskAsync(new ChatRequest(model.UpstreamModel, messages, context.Tools.Declarations) { Options = context.Options });
            if (answer.Usage is not null)
                _usage = _usage is null ? answer.Usage : _usage + answer.Usage;
            if (answer.Ended is not { } ended)
                return TurnEnd.Of(FinishReason.Length); // our own limit cut it
            _ownUsage = round == 1 ? ended.UpstreamUsage : null; // the counts of one round are not those of the turn
            if (answer.Calls.Count == 0)
            {
                _last = answer;
                return TurnEnd.Of(ended);
            }

            if (round > context.Limits.MaxToolRounds)
                return TurnEnd.Of(FinishReason.ToolLimit); // the results of the rounds that were allowed have been read by now
            messages.Add(answer.ToMessage(await ReadTextAsync(answer)));
            if (await _listener.Tools.AnswerAsync(answer.Calls, messages) is { } end)
                return context.Tools.AreRelayed && ended.Reason is FinishReason.Length or FinishReason.ContentFilter ? TurnEnd.Of(ended) : end with { Answer = ended };
        }
    }

    private async Task<string> ReadTextAsync(Answer answer)
    {
        await events.CommitAsync();
        return await answer.ReadTextAsync(turn.Reader, CancellationToken.None);
    }

    /// <summary>Asks once and has what comes appended, as it comes.</summary>
    private async Task<Answer> AskAsync(ChatRequest request)
    {
        var answer = _listener.Begin();
        turn.ExpectNothing(); // the first token's limit is the attempt's: there may be several
        await model.Upstream.AskAsync(request, _listener, turn.Cancellation);
        turn.ExpectNothing();
        return answer;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Turn {Turn}: the upstream {Model} failed with {Code}: {Reason}")]
    private partial void LogUpstreamFailed(string turn, string model, ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Turn {Turn}: the upstream said {Detail}")]
    private partial void LogUpstreamDetail(Exception failure, string turn, string? detail);

    [LoggerMessage(Level = LogLevel.Error, Message = "Turn {Turn} ended by a fault of ours.")]
    private partial void LogFault(Exception fault, string turn);
}
