using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>
/// Reads AG-UI 1.0 as its own client does: with the verifier's rules of order, the reducer's rules of what a message is, and no tolerance for what the
/// schemas forbid. A response may begin with an opening.
/// </summary>
public static class AgUiDecoder
{
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
