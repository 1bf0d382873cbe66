using System.Runtime.CompilerServices;
using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>What the demo would be asked next: the same three questions, which show what it can do, without a pause.</summary>
internal sealed class DemoSuggestions : IUpstream
{
    private const string Questions = """["What is the weather at the pass?", "Can you make the page dark?", "Give me the long menu, please?"]""";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatEvent> AskAsync(ChatRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        cancellation.ThrowIfCancellationRequested();
        yield return new TextDelta(Encoding.UTF8.GetBytes(Questions));
        yield return new AnswerEnded(FinishReason.Stop);
    }
}
