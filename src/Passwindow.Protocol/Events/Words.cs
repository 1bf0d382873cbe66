using System.Text.Json;

namespace Passwindow.Protocol;

/// <summary>The words of the enums on the wire: <c>snake_case</c>.</summary>
public static class Words
{
    private static readonly string[] FinishReasons = Spell<FinishReason>();
    private static readonly string[] ErrorCodes = Spell<ErrorCode>();

    /// <summary>The word for a finish reason, for example <c>tool_calls</c>.</summary>
    public static string Of(FinishReason reason) => FinishReasons[(int)reason];

    /// <summary>The word for an error code, for example <c>upstream_timeout</c>.</summary>
    public static string Of(ErrorCode code) => ErrorCodes[(int)code];

    /// <summary>The finish reason of a word; false for a word that this version does not know.</summary>
    public static bool TryParse(string? word, out FinishReason reason)
    {
        int index = Array.IndexOf(FinishReasons, word);
        reason = (FinishReason)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>The error code of a word; false for a word that this version does not know.</summary>
    public static bool TryParse(string? word, out ErrorCode code)
    {
        int index = Array.IndexOf(ErrorCodes, word);
        code = (ErrorCode)Math.Max(index, 0);
        return index >= 0;
    }

    private static string[] Spell<T>()
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
}
