using System.Buffers;
using Passwindow.Protocol.Dialects.Anthropic;
using Passwindow.Protocol.Dialects.OpenAIChat;
using Passwindow.Protocol.Dialects.OpenAIResponses;

namespace Passwindow.Protocol.Upstream;

/// <summary>What an HTTP provider's API needs of us: where a request goes, how it is spelled, how the answer is read.</summary>
/// <param name="Name">The word for it in <c>Providers:{name}:Type</c>.</param>
/// <param name="Path">Where a request goes, below the provider's base URL (which holds the version, as the SDKs have it).</param>
/// <param name="WriteRequest">Spells the request's body; it always asks for a stream.</param>
/// <param name="CreateReader">Makes the reader for one answer.</param>
/// <param name="Headers">The headers that carry a key and whatever else the API demands.</param>
public sealed record UpstreamApi(
    string Name,
    string Path,
    Action<ChatRequest, IBufferWriter<byte>> WriteRequest,
    Func<UpstreamReader> CreateReader,
    Func<string?, IEnumerable<KeyValuePair<string, string>>> Headers)
{
    /// <summary>OpenAI Chat Completions, and every server that is compatible with it.</summary>
    public static UpstreamApi OpenAIChat { get; } = new(
        "OpenAI", "chat/completions", OpenAIChatRequestWriter.Write, static () => new OpenAIChatUpstreamReader(), OpenAIChatRequestWriter.Headers);

    /// <summary>OpenAI Responses, and every server that is compatible with it.</summary>
    public static UpstreamApi OpenAIResponses { get; } = new(
        "OpenAIResponses", "responses", OpenAIResponsesRequestWriter.Write, static () => new OpenAIResponsesUpstreamReader(), OpenAIResponsesRequestWriter.Headers);

    /// <summary>Anthropic Messages.</summary>
    public static UpstreamApi Anthropic { get; } = new(
        "Anthropic", "v1/messages", AnthropicRequestWriter.Write, static () => new AnthropicUpstreamReader(), AnthropicRequestWriter.Headers);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<UpstreamApi> All { get; } = [OpenAIChat, OpenAIResponses, Anthropic];
}
