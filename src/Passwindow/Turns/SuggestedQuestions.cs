using System.Text.Json;

namespace Passwindow.Turns;

/// <summary>
/// Reads what a model wrote when it was asked for a JSON array of questions. Models wrap it in prose or in a code block, or write a list:
/// whatever can be understood is taken, and nothing else.
/// </summary>
internal static class SuggestedQuestions
{
    private const int Most = 3;
    private const int MaxLength = 200;

    public static IReadOnlyList<string> Read(string reply) =>
        [.. (FromArray(reply) ?? FromLines(reply)).Select(Clean).Where(static text => text.Length is > 0 and <= MaxLength).Distinct(StringComparer.Ordinal).Take(Most)];

    private static List<string>? FromArray(string reply)
    {
        int start = reply.IndexOf('[', StringComparison.Ordinal);
        int end = reply.LastIndexOf(']');
        if (start < 0 || end < start)
            return null;
        try
        {
            using var array = JsonDocument.Parse(reply.AsMemory(start..(end + 1)), new JsonDocumentOptions { AllowTrailingCommas = true });
            return [.. array.RootElement.EnumerateArray().Where(static each => each.ValueKind == JsonValueKind.String).Select(static each => each.GetString()!)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // A list: only lines that ask something, since the others are prose or broken JSON.
    private static IEnumerable<string> FromLines(string reply) => reply.Split('\n')
        .Select(static line => line.Trim().TrimStart("-*•0123456789.) \"".ToCharArray()).TrimEnd('"', ','))
        .Where(static line => line.EndsWith('?') && line[0] is not ('[' or '{'));

    private static string Clean(string text) => string.Concat(text.Where(static c => !char.IsControl(c))).Trim();
}
