using Microsoft.Extensions.Logging;
using Passwindow.Diagnostics;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// The models of one turn, the first preferred. One that fails before its first token is asked again after a while, then the next one is
/// asked. Once it has spoken nothing is asked again: the failure is the turn's, unless the answer may be continued by another model.
/// <see cref="ModelChanged"/> tells of every change. The model that answered stays for the turn's later rounds.
/// </summary>
internal sealed class FailoverUpstream(ResolvedModel first, FailoverSettings settings, PasswindowMetrics metrics, TimeProvider time, ILogger<FailoverUpstream> log) : IUpstream
{
    private readonly List<ResolvedModel> _models = [first, .. first.Fallbacks];
    private int _current;

    /// <inheritdoc/>
    public async Task AskAsync(ChatRequest request, IChatListener listener, CancellationToken cancellation)
    {
        var begun = settings.ContinueAfterBreak && _models.Count > 1 ? new BegunAnswer(listener) : null;
        var waited = TimeSpan.Zero;
        for (int retries = 0; ;)
        {
            UpstreamException? failure;
            bool spoke;
            using (var attempt = new Attempt(begun ?? listener, settings.FirstToken, time, cancellation))
            {
                failure = await attempt.AskAsync(_models[_current], Prepare(request, begun));
                spoke = attempt.HasSpoken;
            }

            if (failure is null)
                return;

            if (!spoke && settings.Retry.WaitAfter(failure, retries, waited) is { } wait)
            {
                UpstreamLog.Retries(log, _models[_current].Name, failure.Code, wait.TotalSeconds);
                metrics.Retried();
                await Task.Delay(wait, time, cancellation);
                waited += wait;
                retries++;
                continue;
            }

            bool within = begun?.HasText == true || spoke;
            if (Next(failure, within, begun) is not { } next)
                throw failure;
            UpstreamLog.FailsOver(log, _models[_current].Name, failure.Code, _models[next].Name);
            metrics.FailedOver();
            _current = next;
            retries = 0;
            begun?.Break();
            if (!await listener.HearAsync(new ModelChanged(_models[next].Name)))
                return;
        }
    }

    /// <summary>The model that is asked next; null if none is.</summary>
    private int? Next(UpstreamException failure, bool within, BegunAnswer? begun)
    {
        if (!RetryPolicy.MayFailOver(failure) || (within && begun?.CanBeContinued != true))
            return null;
        int next = _models.FindIndex(_current + 1, model => !within || model.CanContinue);
        return next < 0 ? null : next;
    }

    // Thinking is signed or encrypted by the provider that thought it; another one refuses it.
    private ChatRequest Prepare(ChatRequest request, BegunAnswer? begun)
    {
        if (_current > 0)
            request = request with { Messages = [.. request.Messages.Select(static message => message with { Parts = [.. message.Parts.Where(static part => part is not ReasoningPart)] })] };
        return begun?.HasText == true ? request with { Messages = [.. request.Messages, begun.ToMessage()] } : request;
    }
}

/// <summary>How a turn's models are asked.</summary>
/// <param name="Retry">When a model is asked again.</param>
/// <param name="FirstToken">How long each attempt may take to its first token.</param>
/// <param name="ContinueAfterBreak">Whether another model may continue an answer that broke off.</param>
internal sealed record FailoverSettings(RetryPolicy Retry, TimeSpan FirstToken, bool ContinueAfterBreak);
