namespace Passwindow.Protocol.Dialects.Anthropic;

/// <summary>The body of <c>POST /v1/messages</c>.</summary>
/// <param name="Given">The conversation and how it is to be answered.</param>
/// <param name="IsStream">Whether the answer is to be streamed.</param>
public sealed record AnthropicRequest(HistoryRequest Given, bool IsStream);
