using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;
using Passwindow.Upstream;

namespace Passwindow.Tests.Tools;

/// <summary>A model that says what a test wrote down, answer by answer, and keeps what it was asked.</summary>
internal sealed class ScriptedModel : IUpstream
{
    private readonly ConcurrentQueue<Func<ChatRequest, CancellationToken, IAsyncEnumerable<ChatEvent>>> _answers = new();

    public ConcurrentQueue<ChatRequest> Asked { get; } = new();

    public ScriptedModel Then(params ChatEvent[] said) => Then((_, cancellation) => Say(said, cancellation));

    public ScriptedModel Then(Func<ChatRequest, CancellationToken, IAsyncEnumerable<ChatEvent>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public ScriptedModel ThenSay(string text) => Then(Text(text), new AnswerEnded(FinishReason.Stop));

    public ScriptedModel ThenCall(params ToolCallRequested[] calls) => Then([.. calls, new AnswerEnded(FinishReason.ToolCalls)]);

    public Task AskAsync(ChatRequest request, IChatListener listener, CancellationToken cancellation)
    {
        Asked.Enqueue(request);
        var answer = _answers.TryDequeue(out var next) ? next(request, cancellation) : Say([Text("."), new AnswerEnded(FinishReason.Stop)], cancellation);
        return listener.HearAllAsync(answer);
    }

    public static TextDelta Text(string text) => new(Encoding.UTF8.GetBytes(text));

    public static ToolCallRequested Call(string id, string name, string arguments = "{}") => new(id, name, Encoding.UTF8.GetBytes(arguments));

    public static async IAsyncEnumerable<ChatEvent> Say(IEnumerable<ChatEvent> said, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var each in said)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            yield return each;
        }
    }
}
