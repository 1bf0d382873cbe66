using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>
/// Reads AG-UI 1.0 as its own client does: with the verifier's rules of order, the reducer's rules of what a message is, and no tolerance for what the
/// schemas forbid. A response may begin with an opening.
/// </summary>
public static class AgUiDecoder
{
    /// <summary>What it leaves out.</summary>
    public static IReadOnlyList<string> Losses { get; } =
    [
        "that a text is a refusal", "the seal and the encrypted parts of reasoning", "how long a tool ran", "whether a result was a string or other JSON", "empty tokens",
    ];

    /// <exception cref="ProtocolViolationException">A client would refuse the run.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var run = new AgUiRun();
        foreach (var frame in frames)
        {
            if (frame.Type != "message")
                throw new ProtocolViolationException($"An SSE event named {frame.Type}.");
            var json = JsonElement.Parse(frame.Data);
            RequireNoNull(json, "");
            run.Take(json);
        }

        return run.Told;
    }

    /// <summary>What is left of a turn.</summary>
    public static Told Left(Told truth, Func<string, bool> isClients)
    {
        bool isCut = truth.ErrorCode is not null || truth.End is "error" or "interrupted";
        return truth with
        {
            Calls = [.. truth.Calls.Select(static call => call with { IsWhole = false })],
            End = isCut ? null : truth.End,
            ErrorCode = truth.ErrorCode ?? (isCut ? truth.End : null),
        };
    }

    // "Optional fields are absent, never null"; what tools, actions and citations hold is anybody's.
    private static void RequireNoNull(JsonElement json, string path)
    {
        if (json.ValueKind == JsonValueKind.Null)
            throw new ProtocolViolationException($"{path} is null.");
        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in json.EnumerateObject().Where(static field => field.Name != "value"))
                RequireNoNull(field.Value, $"{path}/{field.Name}");
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
                RequireNoNull(item, path);
        }
    }
}
