using System.Text;
using System.Text.Json;

namespace Passwindow.Integration.Tests.Dialects.UIMessages;

/// <summary>What a turn says, however it was spelled: text, thinking, calls with what they gave, sources, usage, end.</summary>
internal sealed class TurnMeaning
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _reasoning = new();
    private readonly SortedDictionary<string, (string Name, string Arguments, string Answer)> _calls = new(StringComparer.Ordinal);
    private readonly List<string> _sources = [];
    private string _end = "";

    private TurnMeaning()
    {
    }

    /// <summary>Of native events.</summary>
    public TurnMeaning(IEnumerable<JsonElement> events)
    {
        string error = "", usage = "";
        foreach (var json in events)
        {
            switch (json.GetProperty("type").GetString())
            {
                case "token":
                    _text.Append(Text(json, "token"));
                    break;
                case "reasoning":
                    _reasoning.Append(Text(json, "reasoning"));
                    break;
                case "tool_arguments":
                    _calls.Remove(Text(json, "id")); // a later answer's call may have the id of one before
                    break;
                case "tool_call":
                    Call(Text(json, "id"), Text(json, "name"), Raw(json, "arguments"), answer: "");
                    break;
                case "tool_result":
                    Answer(json);
                    break;
                case "citation":
                    _sources.Add(Source(json.GetProperty("citation")));
                    break;
                case "usage":
                    usage = Tokens(json);
                    break;
                case "error":
                    error = Text(json, "message");
                    break;
                case "done":
                    _end = $"{Text(json, "finish_reason")} {usage} {error}";
                    break;
            }
        }
    }

    /// <summary>Of a message that the AI SDK gathered.</summary>
    public static TurnMeaning OfMessage(JsonElement seen)
    {
        var meaning = new TurnMeaning();
        foreach (var part in seen.GetProperty("message").GetProperty("parts").EnumerateArray())
        {
            string type = Text(part, "type");
            if (type == "text")
                meaning._text.Append(Text(part, "text"));
            else if (type == "reasoning")
                meaning._reasoning.Append(Text(part, "text"));
            else if (type == "source-url")
                meaning._sources.Add(Source(part));
            else if (type == "data-citation")
                meaning._sources.Add("");
            else if (type == "dynamic-tool" && Text(part, "state") == "input-streaming")
                meaning._calls.Remove(Text(part, "toolCallId"));
            else if (type == "dynamic-tool")
                meaning.Call(Text(part, "toolCallId"), Text(part, "toolName"), Text(part, "state") == "output-error" ? "" : Raw(part, "input"), $"{Raw(part, "output")}{Text(part, "errorText")}");
        }

        var metadata = seen.GetProperty("message").GetProperty("metadata");
        var errors = seen.GetProperty("errors").EnumerateArray().Select(static error => error.GetString());
        meaning._end = $"{Text(metadata, "finish_reason")} {Tokens(metadata.GetProperty("usage"))} {string.Concat(errors)}";
        return meaning;
    }

    public override string ToString() =>
        $"{_text}\n{_reasoning}\n{string.Join('\n', _calls.Select(static call => $"{call.Key}: {call.Value}"))}\n{string.Join(' ', _sources)}\n{_end}";

    // A call that failed may have had no arguments that could be told, so of such a one they are not compared.
    private void Answer(JsonElement json)
    {
        string error = Text(json, "error");
        string arguments = error.Length > 0 || !_calls.TryGetValue(Text(json, "id"), out var call) ? "" : call.Arguments;
        Call(Text(json, "id"), Text(json, "name"), arguments, $"{Raw(json, "result")}{error}");
    }

    private void Call(string id, string name, string arguments, string answer) => _calls[id] = (name, arguments, answer);

    private static string Source(JsonElement source) => source.TryGetProperty("url", out var url) ? $"{url} {(source.TryGetProperty("title", out var title) ? title : "")}" : "";

    private static string Tokens(JsonElement usage) => string.Join(',', usage.EnumerateObject().Where(static field => field.Name.EndsWith("_tokens", StringComparison.Ordinal)).Select(static field => $"{field.Name}={field.Value}"));

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    // Compact, whatever white space a spelling has.
    private static string Raw(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? JsonSerializer.Serialize(value) : "";
}
