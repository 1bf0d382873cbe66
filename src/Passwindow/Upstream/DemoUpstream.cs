using System.Runtime.CompilerServices;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>
/// The built-in model: a script that needs no key and speaks at a person's pace. The same question gets the same answer.
/// Words in the question steer it: <c>long</c>, <c>slow</c>, <c>fail</c>, <c>weather</c>, <c>clock</c>, <c>tool</c>, <c>dark</c>, <c>light</c>.
/// </summary>
internal sealed class DemoUpstream(TimeProvider time) : IUpstream
{
    /// <summary>How long it takes from one token to the next: 40 a second.</summary>
    public static TimeSpan Pace { get; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The same, when asked to be slow.</summary>
    public static TimeSpan SlowPace { get; } = TimeSpan.FromSeconds(1);

    /// <summary>After how many tokens of the answer it breaks off, when asked to fail.</summary>
    public const int TokensBeforeFailure = 12;

    /// <inheritdoc/>
    public Task AskAsync(ChatRequest request, IChatListener listener, CancellationToken cancellation) => listener.HearAllAsync(SayAsync(request, cancellation));

    private async IAsyncEnumerable<ChatEvent> SayAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var script = DemoScript.Write(request);
        var pace = script.IsSlow ? SlowPace : Pace;
        var pause = TimeSpan.Zero;
        var reasoning = 0;
        var output = 0;
        cancellation.ThrowIfCancellationRequested();

        foreach (var token in DemoScript.Tokens(script.Reasoning))
        {
            await PauseAsync(pause, cancellation);
            pause = pace;
            reasoning++;
            yield return new ReasoningDelta(Encoding.UTF8.GetBytes(token));
        }

        foreach (var token in DemoScript.Tokens(script.Text))
        {
            if (script.Fails && output == TokensBeforeFailure)
                throw new UpstreamException(ErrorCode.UpstreamTruncated, "The demo broke off, as you asked. Try again.", retryable: true);

            await PauseAsync(pause, cancellation);
            pause = pace;
            output++;
            yield return new TextDelta(Encoding.UTF8.GetBytes(token));
        }

        if (script.Call is { } call)
        {
            var arguments = Encoding.UTF8.GetBytes(call.Arguments);
            await PauseAsync(pause, cancellation);
            yield return new ToolArgumentsDelta(call.Id, call.Name, arguments);
            yield return new ToolCallRequested(call.Id, call.Name, arguments);
        }

        yield return new UsageReported(new Usage { InputTokens = script.InputTokens, OutputTokens = reasoning + output, ReasoningTokens = reasoning });
        yield return new AnswerEnded(script.Call is null ? FinishReason.Stop : FinishReason.ToolCalls);
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellation) =>
        pause == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(pause, time, cancellation);
}
