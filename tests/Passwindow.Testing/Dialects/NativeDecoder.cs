using System.Text;
using System.Text.Json;

namespace Passwindow.Testing.Dialects;

/// <summary>Reads the native dialect (contract, section 3): the truth that the others are held against.</summary>
public static class NativeDecoder
{
    /// <exception cref="ProtocolViolationException">The events are not those of one turn, in order, to its end.</exception>
    public static Told Decode(IEnumerable<StreamEvent> frames)
    {
        var (text, reasoning) = (new StringBuilder(), new StringBuilder());
        var calls = new List<ToldCall>();
        var told = new Told();
        long last = 0;
        foreach (var frame in frames)
        {
            var json = JsonElement.Parse(frame.Data);
            if (told.End is not null)
                throw new ProtocolViolationException($"{frame.Type} after done.");
            if (json.TryGetProperty("seq", out var seq))
                last = seq.GetInt64() == last + 1 || last == 0 ? seq.GetInt64() : throw new ProtocolViolationException($"{seq} follows {last}.");
            string field(string name) => json.GetProperty(name).GetString()!;
            switch (field("type"))
            {
                case "token":
                    text.Append(field("token"));
                    break;
                case "reasoning":
                    reasoning.Append(field("reasoning"));
                    break;
                case "tool_arguments":
                    int begun = calls.FindLastIndex(call => call.Id == field("id") && call.Result is null);
                    if (begun < 0)
                        calls.Add(new ToldCall(field("id"), field("name"), field("delta"), null, false));
                    else
                        calls[begun] = calls[begun] with { Arguments = calls[begun].Arguments + field("delta") };
                    break;
                case "tool_call":
                    var whole = new ToldCall(field("id"), field("name"), JsonSerializer.Serialize(json.GetProperty("arguments")), null, false) { IsWhole = true };
                    int written = calls.FindLastIndex(call => call.Id == whole.Id && call.Result is null);
                    if (written < 0)
                        calls.Add(whole);
                    else
                        calls[written] = whole;
                    break;
                case "tool_result":
                    bool failed = json.TryGetProperty("error", out var error);
                    int asked = calls.FindLastIndex(call => call.Id == field("id") && call.Result is null);
                    if (asked >= 0)
                        calls[asked] = calls[asked] with { Result = ToldCall.TextOf(failed ? error : json.GetProperty("result")), IsError = failed };
                    break;
                case "action":
                    calls.RemoveAll(call => call.Id == field("id")); // the model called it, the client is shown an action
                    break;
                case "usage":
                    told = told with { InputTokens = Count(json, "input_tokens"), OutputTokens = Count(json, "output_tokens") };
                    break;
                case "error":
                    told = told with { ErrorCode = field("code") };
                    break;
                case "done":
                    told = told with { End = field("finish_reason") };
                    break;
            }
        }

        return told with { Text = text.ToString(), Reasoning = reasoning.ToString(), Calls = [.. calls.Select(static call => call with { Arguments = ToldCall.Canonical(call.Arguments) })] };
    }

    private static long? Count(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;
}
