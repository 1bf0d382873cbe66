using System.Text;
using Passwindow.Protocol;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Upstream;

/// <summary>What the demo would be asked next: the same three questions, which show what it can do, without a pause.</summary>
internal sealed class DemoSuggestions : IUpstream
{
    private const string Questions = """["What is the weather at the pass?", "Can you make the page dark?", "Give me the long menu, please?"]""";

    /// <inheritdoc/>
    public async Task AskAsync(ChatRequest request, IChatListener listener, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (await listener.HearAsync(new TextDelta(Encoding.UTF8.GetBytes(Questions))))
            await listener.HearAsync(new AnswerEnded(FinishReason.Stop));
    }
}
