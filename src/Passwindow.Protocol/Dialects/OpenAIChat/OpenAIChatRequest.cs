namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
/// <param name="Given">The conversation and how it is to be answered.</param>
/// <param name="IsStream">Whether the answer is to be streamed.</param>
/// <param name="IncludeUsage">Whether a stream ends with the usage.</param>
/// <param name="IsStored">Whether the conversation is to be found again (<c>store</c>).</param>
public sealed record OpenAIChatRequest(HistoryRequest Given, bool IsStream, bool IncludeUsage, bool IsStored);
