using Passwindow.Protocol.Upstream;

namespace Passwindow.Protocol.Dialects.OpenAIChat;

/// <summary>The words that OpenAI's two APIs share.</summary>
internal static class OpenAIWords
{
    /// <summary>The role of a message that is no tool's.</summary>
    public static ReadOnlySpan<byte> Of(ChatRole role) => role switch
    {
        ChatRole.System => "system"u8,
        ChatRole.Assistant => "assistant"u8,
        _ => "user"u8,
    };

    /// <summary>The rule for calling tools; one that names a tool is an object, and spelled differently in the two.</summary>
    public static ReadOnlySpan<byte> Of(ToolChoiceKind kind) => kind switch
    {
        ToolChoiceKind.None => "none"u8,
        ToolChoiceKind.Any => "required"u8,
        _ => "auto"u8,
    };

    /// <summary>What a tool answered. Neither API has a word for one that failed: the model reads it in the text.</summary>
    public static string Of(ToolResultPart result) => result.IsError ? "Error: " + result.Result : result.Result;

    /// <summary>How a turn ended in the words of Chat Completions; null for an end that is not the model's own.</summary>
    public static string? Finish(string? finishReason) => finishReason switch
    {
        "stop" or "length" or "content_filter" or "tool_calls" => finishReason,
        "tool_limit" => "length", // a limit of ours cut it
        _ => null,
    };
}
