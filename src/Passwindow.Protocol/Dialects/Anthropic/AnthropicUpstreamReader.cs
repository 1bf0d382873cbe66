using Passwindow.Protocol.ServerSentEvents;
using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>TODO</summary>
public sealed class AnthropicUpstreamReader : UpstreamReader
{
    /// <inheritdoc/>
    public override void Read(in SseEvent sse, ICollection<ChatEvent> said) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void End(ICollection<ChatEvent> said) => throw new NotImplementedException();

    /// <inheritdoc/>
    public override void ReadDocument(ReadOnlySpan<byte> json, ICollection<ChatEvent> said) => throw new NotImplementedException();
}
